// Loops that need the processor's widest vectors, compiled for several instruction sets and chosen at load time.
#ifndef LATENTD_KERNELS_H
#define LATENTD_KERNELS_H

#include <stdint.h>

/// A stride-1 transposed convolution to one channel, where oneDNN uses one lane in sixteen.
///
/// inputs [images, input_height, input_width, channels]; weights [kernel_height, kernel_width, channels];
/// outputs [images, output_height, output_width]. `channels` is a multiple of 16.
void latentd_transposed_convolution_to_one_channel(
    int64_t images, int64_t channels, int64_t input_height, int64_t input_width, int64_t kernel_height,
    int64_t kernel_width, int64_t crop_top, int64_t crop_left, int64_t output_height, int64_t output_width,
    const float *inputs, const float *weights, float bias, float *outputs);

#endif
