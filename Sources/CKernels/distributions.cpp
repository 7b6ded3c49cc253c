#include "latentd_kernels.h"

#define BODY "distributions.h"
#include "every_instruction_set.h"

double latentd_bernoulli_loss(latentd_instruction_set set, int64_t count, const float *logits, const float *targets,
                              float scale, float *gradient) {
    return FOR_SET(set, bernoulli_loss)(count, logits, targets, scale, gradient);
}

double latentd_squared_error(latentd_instruction_set set, int64_t count, const float *outputs, const float *targets,
                             float scale, float *gradient) {
    return FOR_SET(set, squared_error)(count, outputs, targets, scale, gradient);
}

void latentd_posterior_sample(latentd_instruction_set set, int64_t count, const float *mean, const float *log_variance,
                              const float *epsilon, float *latents) {
    FOR_SET(set, posterior_sample)(count, mean, log_variance, epsilon, latents);
}

double latentd_posterior_divergence(latentd_instruction_set set, int64_t count, const float *mean,
                                    const float *log_variance) {
    return FOR_SET(set, posterior_divergence)(count, mean, log_variance);
}

void latentd_posterior_backward(latentd_instruction_set set, int64_t count, const float *mean,
                                const float *log_variance, const float *epsilon, const float *latent_gradient,
                                float scale, float *mean_gradient, float *log_variance_gradient) {
    FOR_SET(set, posterior_backward)(count, mean, log_variance, epsilon, latent_gradient, scale, mean_gradient,
                                     log_variance_gradient);
}
