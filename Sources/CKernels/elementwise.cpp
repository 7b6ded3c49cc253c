#include "latentd_kernels.h"

#define BODY "elementwise.h"
#include "every_instruction_set.h"

void latentd_sigmoid(latentd_instruction_set set, int64_t count, float *values) {
    FOR_SET(set, sigmoid_all)(count, values);
}

double latentd_bernoulli_loss(latentd_instruction_set set, int64_t count, const float *logits, const float *targets,
                              float scale, float *gradient) {
    return FOR_SET(set, bernoulli_loss)(count, logits, targets, scale, gradient);
}

void latentd_scale_where_negative(latentd_instruction_set set, int64_t count, const float *outputs, float slope,
                                  float *gradient) {
    FOR_SET(set, scale_where_negative)(count, outputs, slope, gradient);
}

void latentd_add_rows(latentd_instruction_set set, int64_t rows, int64_t columns, const float *values, float *sums) {
    FOR_SET(set, add_rows)(rows, columns, values, sums);
}

void latentd_transpose(latentd_instruction_set set, int64_t rows, int64_t columns, const float *source, float *target) {
    FOR_SET(set, transpose)(rows, columns, source, target);
}

void latentd_scatter_terms(const latentd_scatter *shape, const float *terms, const float *bias, float *target) {
    const latentd_scatter s = *shape;
    for (int64_t place = 0; place < s.height * s.width; place++)
        for (int64_t channel = 0; channel < s.channels; channel++) target[place * s.channels + channel] = bias[channel];
    for (int64_t row = 0; row < s.source_height; row++) {
        for (int64_t tap = 0; tap < s.kernel_height * s.kernel_width; tap++) {
            int64_t y = row * s.stride_height + tap / s.kernel_width - s.top, shift = tap % s.kernel_width - s.left;
            if (y < 0 || y >= s.height || shift >= s.width) continue;
            int64_t first = shift >= 0 ? 0 : (-shift + s.stride_width - 1) / s.stride_width;
            int64_t end = (s.width - 1 - shift) / s.stride_width + 1;
            if (end > s.source_width) end = s.source_width;
            const float *from = terms + row * s.source_width * s.columns + tap * s.channels;
            float *to = target + (y * s.width + shift) * s.channels;
            if (s.channels == 1 && s.stride_width == 1) {
                for (int64_t x = first; x < end; x++) to[x] += from[x * s.columns];
                continue;
            }
            for (int64_t x = first; x < end; x++)
                for (int64_t channel = 0; channel < s.channels; channel++)
                    to[x * s.stride_width * s.channels + channel] += from[x * s.columns + channel];
        }
    }
}
