#include "latentd_kernels.h"

#define BODY "updates.h"
#include "every_instruction_set.h"

void latentd_adam_update(latentd_instruction_set set, int64_t count, const latentd_adam *adam, const float *gradient,
                         float *first_moment, float *second_moment, float *parameters) {
    FOR_SET(set, adam)(count, *adam, gradient, first_moment, second_moment, parameters);
}

void latentd_add_scaled(latentd_instruction_set set, int64_t count, float keep, float scale, const float *values,
                        float *sums) {
    FOR_SET(set, add_scaled)(count, keep, scale, values, sums);
}
