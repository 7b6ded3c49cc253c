// A VAE's distributions for one instruction set. Included inside a namespace that says how wide its vectors are.

#include "vector_math.h"

inline floats load_up_to(const float *from, int64_t left) { return left >= lanes ? load(from) : load_part(from, left); }
inline void store_up_to(floats value, float *to, int64_t left) {
    if (left >= lanes)
        store(value, to);
    else
        store_part(value, to, left);
}

// Of a partial vector the first `left` lanes.
inline void add_up_to(doubles &sum, floats value, int64_t left) {
    for (int64_t lane = left; lane < lanes; lane++) value[lane] = 0;
    sum += __builtin_convertvector(value, doubles);
}
inline double total(const doubles &sum) {
    double total = 0;
    for (int lane = 0; lane < lanes; lane++) total += sum[lane];
    return total;
}

double bernoulli_loss(int64_t count, const float *logits, const float *targets, float scale, float *gradient) {
#pragma clang fp contract(fast)
    doubles sum = {};
    for (int64_t i = 0; i < count; i += lanes) {
        int64_t left = count - i;
        floats x = load_up_to(logits + i, left), target = load_up_to(targets + i, left);
        floats tail = exp_of_negative(-magnitude(x));
        add_up_to(sum, (x > 0 ? x : floats{}) - x * target + log_of_one_plus(tail), left);
        if (gradient) store_up_to((sigmoid(x, tail) - target) * scale, gradient + i, left);
    }
    return total(sum);
}

double squared_error(int64_t count, const float *outputs, const float *targets, float scale, float *gradient) {
#pragma clang fp contract(fast)
    doubles sum = {};
    for (int64_t i = 0; i < count; i += lanes) {
        int64_t left = count - i;
        floats difference = load_up_to(outputs + i, left) - load_up_to(targets + i, left);
        add_up_to(sum, difference * difference, left);
        if (gradient) store_up_to(difference * scale, gradient + i, left);
    }
    return total(sum);
}

void posterior_sample(int64_t count, const float *mean, const float *log_variance, const float *epsilon, float *latents) {
#pragma clang fp contract(fast)
    for (int64_t i = 0; i < count; i += lanes) {
        int64_t left = count - i;
        floats deviation = exponential(load_up_to(log_variance + i, left) * 0.5f);
        floats latent = load_up_to(mean + i, left) + deviation * load_up_to(epsilon + i, left);
        store_up_to(latent, latents + i, left);
    }
}

double posterior_divergence(int64_t count, const float *mean, const float *log_variance) {
#pragma clang fp contract(fast)
    doubles sum = {};
    for (int64_t i = 0; i < count; i += lanes) {
        int64_t left = count - i;
        floats m = load_up_to(mean + i, left), v = load_up_to(log_variance + i, left);
        add_up_to(sum, m * m + exponential(v) - 1.0f - v, left);
    }
    return total(sum) / 2;
}

void posterior_backward(int64_t count, const float *mean, const float *log_variance, const float *epsilon,
                        const float *latent_gradient, float scale, float *mean_gradient, float *log_variance_gradient) {
#pragma clang fp contract(fast)
    for (int64_t i = 0; i < count; i += lanes) {
        int64_t left = count - i;
        floats gradient = load_up_to(latent_gradient + i, left);
        floats deviation = exponential(load_up_to(log_variance + i, left) * 0.5f);
        floats through_noise = gradient * load_up_to(epsilon + i, left) * deviation;
        floats of_divergence = (deviation * deviation - 1.0f) * scale;
        store_up_to(gradient + load_up_to(mean + i, left) * scale, mean_gradient + i, left);
        store_up_to((through_noise + of_divergence) * 0.5f, log_variance_gradient + i, left);
    }
}
