// What latentd needs of oneDNN: one convolution problem, float32, channels-last activations, and a matrix product.
//
// Only this target knows oneDNN's version. Without its header every function reports LATENTD_ONEDNN_UNAVAILABLE.
#ifndef LATENTD_ONEDNN_H
#define LATENTD_ONEDNN_H

#include <stdint.h>

#define LATENTD_ONEDNN_UNAVAILABLE (-1)

/// A convolution between `input` and `output`, both [batch, height, width, channels]; weights are [out, in, h, w].
typedef struct {
    int64_t batch;
    int64_t input_channels, input_height, input_width;
    int64_t output_channels, output_height, output_width;
    int64_t kernel_height, kernel_width;
    int64_t stride_height, stride_width;
    int64_t pad_top, pad_left, pad_bottom, pad_right;
} latentd_convolution_geometry;

typedef enum {
    LATENTD_ACTIVATION_NONE = 0,
    LATENTD_ACTIVATION_LEAKY_RELU = 1,  // slope 0 is ReLU
    LATENTD_ACTIVATION_SIGMOID = 2,
    LATENTD_ACTIVATION_TANH = 3,
} latentd_activation;

/// Which of the three primitives to create.
enum {
    LATENTD_CONVOLUTION_FORWARD = 1,
    LATENTD_CONVOLUTION_BACKWARD_DATA = 2,
    LATENTD_CONVOLUTION_BACKWARD_WEIGHTS = 4,
};

typedef struct latentd_convolution latentd_convolution;

/// The version of oneDNN in use, as major * 10000 + minor * 100 + patch, 0 where there is none.
int latentd_onednn_version(void);

/// Makes the calling thread run every primitive alone: oneDNN's own team would be one team per worker of ours.
void latentd_onednn_use_one_thread(void);

/// Creates the primitives named by `which`; the activation is fused into the forward one. Returns 0 or a status.
int latentd_convolution_create(const latentd_convolution_geometry *geometry, int which,
                               latentd_activation activation, float slope, latentd_convolution **out);
void latentd_convolution_destroy(latentd_convolution *convolution);

/// Brings weights [out, in, h, w] into the layouts that the primitives chose.
int latentd_convolution_load(latentd_convolution *convolution, const float *weights);
int latentd_convolution_forward(latentd_convolution *convolution, const float *input, const float *bias,
                                float *output);
int latentd_convolution_backward_data(latentd_convolution *convolution, const float *output_gradient,
                                      float *input_gradient);
/// Adds this batch's weight gradient to what has been accumulated so far.
int latentd_convolution_backward_weights(latentd_convolution *convolution, const float *input,
                                         const float *output_gradient);
/// Writes the accumulated gradient as [out, in, h, w] and starts again from zero.
int latentd_convolution_collect(latentd_convolution *convolution, float *weight_gradient);

/// C = op(A) op(B) + beta C, row-major; op transposes where its flag is set. op(A) is m x k, op(B) k x n.
int latentd_matrix_product(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, const float *a,
                           int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc);

#endif
