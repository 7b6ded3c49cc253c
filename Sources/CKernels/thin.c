#include "latentd_kernels.h"

#if defined(__x86_64__)
#define EVERY_VECTOR_WIDTH __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EVERY_VECTOR_WIDTH
#endif

enum { LANES = 16 };

// Sixteen floats wherever they lie: one register, or two or four, as the processor has them.
typedef float vector __attribute__((vector_size(LANES * sizeof(float)), aligned(sizeof(float))));

EVERY_VECTOR_WIDTH
void latentd_transposed_convolution_to_one_channel(
    int64_t images, int64_t channels, int64_t input_height, int64_t input_width, int64_t kernel_height,
    int64_t kernel_width, int64_t crop_top, int64_t crop_left, int64_t output_height, int64_t output_width,
    const float *inputs, const float *weights, float bias, float *outputs) {
#pragma clang fp contract(fast)
    for (int64_t image = 0; image < images; image++) {
        const float *source = inputs + image * input_height * input_width * channels;
        for (int64_t row = 0; row < output_height; row++) {
            for (int64_t column = 0; column < output_width; column++) {
                vector sum = {0};
                for (int64_t ky = 0; ky < kernel_height; ky++) {
                    int64_t y = row + crop_top - ky;
                    if (y < 0 || y >= input_height) continue;
                    for (int64_t kx = 0; kx < kernel_width; kx++) {
                        int64_t x = column + crop_left - kx;
                        if (x < 0 || x >= input_width) continue;
                        const float *pixel = source + (y * input_width + x) * channels;
                        const float *tap = weights + (ky * kernel_width + kx) * channels;
                        for (int64_t c = 0; c < channels; c += LANES)
                            sum += *(const vector *)(pixel + c) * *(const vector *)(tap + c);
                    }
                }
                for (int width = LANES / 2; width > 0; width /= 2)
                    for (int lane = 0; lane < width; lane++) sum[lane] += sum[lane + width];
                *outputs++ = bias + sum[0];
            }
        }
    }
}
