#include "latentd_onednn.h"

#include "availability.h"

#if !LATENTD_HAS_ONEDNN

int latentd_onednn_version(void) { return 0; }
void latentd_onednn_use_one_thread(void) {}

int latentd_convolution_create(const latentd_convolution_geometry *geometry, int which,
                               latentd_activation activation, float slope, latentd_convolution **out) {
    (void)geometry, (void)which, (void)activation, (void)slope;
    *out = 0;
    return LATENTD_ONEDNN_UNAVAILABLE;
}

void latentd_convolution_destroy(latentd_convolution *convolution) { (void)convolution; }

int latentd_convolution_load(latentd_convolution *convolution, const float *weights) {
    (void)convolution, (void)weights;
    return LATENTD_ONEDNN_UNAVAILABLE;
}

int latentd_convolution_forward(latentd_convolution *convolution, const float *input, const float *bias,
                                float *output) {
    (void)convolution, (void)input, (void)bias, (void)output;
    return LATENTD_ONEDNN_UNAVAILABLE;
}

int latentd_convolution_backward_data(latentd_convolution *convolution, const float *output_gradient,
                                      float *input_gradient) {
    (void)convolution, (void)output_gradient, (void)input_gradient;
    return LATENTD_ONEDNN_UNAVAILABLE;
}

int latentd_convolution_backward_weights(latentd_convolution *convolution, const float *input,
                                         const float *output_gradient) {
    (void)convolution, (void)input, (void)output_gradient;
    return LATENTD_ONEDNN_UNAVAILABLE;
}

int latentd_convolution_collect(latentd_convolution *convolution, float *weight_gradient) {
    (void)convolution, (void)weight_gradient;
    return LATENTD_ONEDNN_UNAVAILABLE;
}

int latentd_matrix_product(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, const float *a,
                           int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc) {
    (void)transpose_a, (void)transpose_b, (void)m, (void)n, (void)k, (void)a, (void)lda, (void)b, (void)ldb;
    (void)beta, (void)c, (void)ldc;
    return LATENTD_ONEDNN_UNAVAILABLE;
}

#endif
