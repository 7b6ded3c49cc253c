// Element-wise loops for one instruction set. Included inside a namespace that says how wide its vectors are.

#include "vector_math.h"

void sigmoid_all(int64_t count, float *values) {
#pragma clang fp contract(fast)
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        floats x = load(values + i);
        store(sigmoid(x, exp_of_negative(-magnitude(x))), values + i);
    }
    if (i < count) {
        floats x = load_part(values + i, count - i);
        store_part(sigmoid(x, exp_of_negative(-magnitude(x))), values + i, count - i);
    }
}

void scale_where_negative(int64_t count, const float *outputs, float slope, float *gradient) {
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        floats value = load(gradient + i);
        store(load(outputs + i) > 0 ? value : value * slope, gradient + i);
    }
    for (; i < count; i++) gradient[i] = outputs[i] > 0 ? gradient[i] : gradient[i] * slope;
}

void add_rows(int64_t rows, int64_t columns, const float *values, float *sums) {
    int64_t column = 0;
    for (; column + lanes <= columns; column += lanes) {
        floats sum = load(sums + column);
        for (int64_t row = 0; row < rows; row++) sum += load(values + row * columns + column);
        store(sum, sums + column);
    }
    for (; column < columns; column++)
        for (int64_t row = 0; row < rows; row++) sums[column] += values[row * columns + column];
}

// In columns of a few cache lines, so that what is read with a stride is still near when it is read again.
void transpose(int64_t rows, int64_t columns, const float *__restrict source, int64_t pitch, float *__restrict target) {
    for (int64_t first = 0; first < rows; first += 64) {
        int64_t end = first + 64 < rows ? first + 64 : rows;
        for (int64_t column = 0; column < columns; column++)
            for (int64_t row = first; row < end; row++) target[column * pitch + row] = source[row * columns + column];
    }
}

void scatter_terms(const latentd_scatter &s, const float *terms, const float *bias, float *__restrict target) {
    for (int64_t place = 0; place < s.height * s.width; place++)
        for (int64_t channel = 0; channel < s.channels; channel++) target[place * s.channels + channel] = bias[channel];
    for (int64_t row = 0; row < s.source_height; row++) {
        for (int64_t tap = 0; tap < s.kernel_height * s.kernel_width; tap++) {
            int64_t y = row * s.stride_height + tap / s.kernel_width - s.top, shift = tap % s.kernel_width - s.left;
            if (y < 0 || y >= s.height || shift >= s.width) continue;
            int64_t first = shift >= 0 ? 0 : (-shift + s.stride_width - 1) / s.stride_width;
            int64_t end = (s.width - 1 - shift) / s.stride_width + 1;
            if (end > s.source_width) end = s.source_width;
            const float *__restrict from = terms + row * s.source_width * s.columns + tap * s.channels;
            float *__restrict to = target + (y * s.width + shift) * s.channels;
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
