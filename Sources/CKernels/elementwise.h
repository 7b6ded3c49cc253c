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

// Rows that are `step` apart exchange their halves of 2 · step lanes.
template <int step, int... lane>
inline void exchange(floats *rows, lane_list<int, lane...>) {
#pragma unroll
    for (int i = 0; i < lanes; i++) {
        if (i & step) continue;
        floats a = rows[i], b = rows[i + step];
        rows[i] = __builtin_shufflevector(a, b, (lane & step ? lanes + lane - step : lane)...);
        rows[i + step] = __builtin_shufflevector(a, b, (lane & step ? lanes + lane : lane + step)...);
    }
}

template <int step>
inline void transpose_square(floats *rows) {
    if constexpr (step > 0) {
        exchange<step>(rows, __make_integer_seq<lane_list, int, lanes>());
        transpose_square<step / 2>(rows);
    }
}

// Squares of whole vectors, then what is left at the edges.
void transpose(int64_t rows, int64_t columns, const float *__restrict source, int64_t pitch, float *__restrict target) {
    int64_t whole_rows = rows / lanes * lanes, whole_columns = columns / lanes * lanes;
    for (int64_t row = 0; row < whole_rows; row += lanes)
        for (int64_t column = 0; column < whole_columns; column += lanes) {
            floats square[lanes];
#pragma unroll
            for (int i = 0; i < lanes; i++) square[i] = load(source + (row + i) * columns + column);
            transpose_square<lanes / 2>(square);
#pragma unroll
            for (int i = 0; i < lanes; i++) store(square[i], target + (column + i) * pitch + row);
        }
    auto rest = [&](int64_t row, int64_t first_column) {
        for (int64_t column = first_column; column < columns; column++)
            target[column * pitch + row] = source[row * columns + column];
    };
    for (int64_t row = 0; row < whole_rows; row++) rest(row, whole_columns);
    for (int64_t row = whole_rows; row < rows; row++) rest(row, 0);
}
