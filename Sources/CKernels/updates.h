// What moves a model's parameters, for one instruction set. Included inside a namespace that says how wide its vectors are.

#include "vector_math.h"

inline floats square_root(floats x) {
#if __has_builtin(__builtin_elementwise_sqrt)
    return __builtin_elementwise_sqrt(x);
#else
    for (int lane = 0; lane < lanes; lane++) x[lane] = __builtin_sqrtf(x[lane]);
    return x;
#endif
}

void adam(int64_t count, const latentd_adam &a, const float *gradient, float *first, float *second, float *parameters) {
#pragma clang fp contract(fast)
    for (int64_t i = 0; i < count; i += lanes) {
        int64_t left = count - i;
        bool whole = left >= lanes;
        floats g = whole ? load(gradient + i) : load_part(gradient + i, left);
        floats m = whole ? load(first + i) : load_part(first + i, left);
        floats v = whole ? load(second + i) : load_part(second + i, left);
        floats value = whole ? load(parameters + i) : load_part(parameters + i, left);
        m = m * a.beta1 + g * (1 - a.beta1);
        v = v * a.beta2 + g * g * (1 - a.beta2);
        value -= m * a.size / (square_root(v) * a.inverse_root + a.epsilon);
        if (whole)
            store(m, first + i), store(v, second + i), store(value, parameters + i);
        else
            store_part(m, first + i, left), store_part(v, second + i, left), store_part(value, parameters + i, left);
    }
}

void add_scaled(int64_t count, float keep, float scale, const float *values, float *sums) {
#pragma clang fp contract(fast)
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) store(load(sums + i) * keep + load(values + i) * scale, sums + i);
    if (i < count) {
        int64_t left = count - i;
        store_part(load_part(sums + i, left) * keep + load_part(values + i, left) * scale, sums + i, left);
    }
}
