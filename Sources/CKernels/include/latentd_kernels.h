// Loops that need the processor's widest vectors, compiled for several instruction sets and chosen at run time.
#ifndef LATENTD_KERNELS_H
#define LATENTD_KERNELS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { LATENTD_PORTABLE, LATENTD_AVX2, LATENTD_AVX512 } latentd_instruction_set;

/// The widest that this processor has and this file was compiled for.
latentd_instruction_set latentd_best_instruction_set(void);

/// A sum of products of small matrices ("batch-reduce GEMM", Georganas et al., arXiv:1906.06440):
///
///     c[row, column] = f(bias[column] + Σ segment Σ k  a[segment][row · a_row + k · a_step] · b[segment][k · b_step + column])
///
/// with f(x) = x for positive x, else slope · x. Offsets and steps count floats.
typedef struct {
    int64_t segments, depth, rows, columns;
    int64_t a_row, a_step, b_step, c_row;
    /// b's columns may lie in panels of `b_width`, a multiple of `latentd_tile_columns`, from one to the next `b_panel`
    /// floats: read one after the other they are one stream. `b_width` is `columns` where there is one panel, and 1 for
    /// columns too few to fill a vector: with steps of 1 the vectors go down the depth instead.
    int64_t b_width, b_panel;
    /// Where the product's first elements are.
    int64_t a_offset, c_offset;
    /// `segments` places relative to `a_offset` and to b.
    const int64_t *a_offsets, *b_offsets;
} latentd_product;

/// How many columns a product takes at once while it goes down the depth.
int64_t latentd_tile_columns(latentd_instruction_set set);

/// Runs products one after the other. Where `bias` is NULL they are added to what c holds.
void latentd_run_products(latentd_instruction_set set, const latentd_product *products, int64_t count, const float *a,
                          const float *b, const float *bias, float slope, float *c);

/// One direction of a tile of minimal filtering: how many taps of the window, sliding by one unless said, and outputs.
typedef enum {
    LATENTD_ONE_TAP,
    LATENTD_TWO_TAPS_2,
    LATENTD_TWO_TAPS_4,
    LATENTD_TWO_TAPS_5,
    LATENTD_THREE_TAPS_2,
    LATENTD_THREE_TAPS_4,
    LATENTD_THREE_TAPS_BY_TWO,
} latentd_filter;

/// A window of weights that slides over channels-last images, for minimal filtering (Winograd): tiles of outputs are taken
/// to components, multiplied component by component, and taken back. Both numbers of channels are multiples of 16; both
/// directions slide alike and have as many taps, unless one has one. Tiles are counted from the first image's upper left
/// one, row by row, through all images.
typedef struct {
    latentd_filter vertical, horizontal;
    int64_t source_height, source_width, channels, padding_top, padding_left;
    int64_t output_height, output_width, output_channels;
    /// Floats from an output to the next below it and beside it, and to that of the next image.
    int64_t output_row, output_column, output_image;
    /// Floats from a component to the next.
    int64_t source_pitch, output_pitch;
} latentd_window;
/// components [component, tile, channel] of some tiles.
void latentd_window_in(latentd_instruction_set set, const latentd_window *window, int64_t first, int64_t count,
                       const float *source, float *components);
/// output = f(bias + what the components [component, tile, output channel] come to).
void latentd_window_out(latentd_instruction_set set, const latentd_window *window, int64_t first, int64_t count,
                        const float *components, const float *bias, float slope, float *output);
/// The gradients of the components [component, tile, output channel] from that of the output.
void latentd_window_back(latentd_instruction_set set, const latentd_window *window, int64_t first, int64_t count,
                         const float *gradient, float *components);

/// values = 1 / (1 + exp(−values)), within 3 units in the last place; 0 from −87 down.
void latentd_sigmoid(latentd_instruction_set set, int64_t count, float *values);

/// The Bernoulli loss Σ max(x, 0) − x · target + log(1 + exp(−|x|)) in nats of logits x; where `gradient` is not NULL it
/// becomes scale · (sigmoid(x) − target).
double latentd_bernoulli_loss(latentd_instruction_set set, int64_t count, const float *logits, const float *targets,
                              float scale, float *gradient);

/// Σ (output − target)²; where `gradient` is not NULL it becomes scale · (output − target).
double latentd_squared_error(latentd_instruction_set set, int64_t count, const float *outputs, const float *targets,
                             float scale, float *gradient);

/// latents = mean + exp(log_variance / 2) · epsilon
void latentd_posterior_sample(latentd_instruction_set set, int64_t count, const float *mean, const float *log_variance,
                              const float *epsilon, float *latents);

/// ½ Σ mean² + exp(log_variance) − 1 − log_variance, in nats.
double latentd_posterior_divergence(latentd_instruction_set set, int64_t count, const float *mean,
                                    const float *log_variance);

/// The gradients of the posterior's parameters: mean_gradient = latent_gradient + scale · mean, and log_variance_gradient =
/// ½ (latent_gradient · epsilon · σ + scale · (σ² − 1)) with σ = exp(log_variance / 2).
void latentd_posterior_backward(latentd_instruction_set set, int64_t count, const float *mean,
                                const float *log_variance, const float *epsilon, const float *latent_gradient,
                                float scale, float *mean_gradient, float *log_variance_gradient);

/// Adam's constants for one step: `size` is the learning rate over 1 − beta1ⁿ, `inverse_root` 1 / √(1 − beta2ⁿ).
typedef struct {
    float beta1, beta2, epsilon, size, inverse_root;
} latentd_adam;
/// Moves moments and parameters in one pass: parameters −= size · m / (√v · inverse_root + epsilon).
void latentd_adam_update(latentd_instruction_set set, int64_t count, const latentd_adam *adam, const float *gradient,
                         float *first_moment, float *second_moment, float *parameters);

/// sums = keep · sums + scale · values
void latentd_add_scaled(latentd_instruction_set set, int64_t count, float keep, float scale, const float *values,
                        float *sums);

/// Four numbers in 0 ..< 1 with 24 random bits from each of `blocks` blocks of Philox 4x32-10, whose counters are the
/// positions from `position` on and the stream, and whose key is the seed.
void latentd_uniforms(latentd_instruction_set set, int64_t blocks, uint64_t seed, uint64_t stream, uint64_t position,
                      float *numbers);

/// gradient · slope where the output is not positive.
void latentd_scale_where_negative(latentd_instruction_set set, int64_t count, const float *outputs, float slope,
                                  float *gradient);

/// sums[column] += Σ over rows values[row, column].
void latentd_add_rows(latentd_instruction_set set, int64_t rows, int64_t columns, const float *values, float *sums);

/// target[column · pitch + row] = source[row, column]
void latentd_transpose(latentd_instruction_set set, int64_t rows, int64_t columns, const float *source, int64_t pitch,
                       float *target);

/// Numbers as JSON text, each the shortest decimal that reads back as the same float and of those the nearest, with a comma
/// behind it: plain from 10⁻⁵ to 10⁹, else with a power of ten. `text` must have room for 17 bytes a number. Gives the bytes
/// written, or −1 where a number is not finite.
int64_t latentd_print_floats(latentd_instruction_set set, int64_t count, const float *values, uint8_t *text);

#ifdef __cplusplus
}
#endif
#endif
