#include "latentd_kernels.h"

#define BODY "minimal_filtering.h"
#include "every_instruction_set.h"

void latentd_window_in(latentd_instruction_set set, const latentd_window *window, int64_t first, int64_t count,
                       const float *source, float *components) {
    FOR_SET(set, window_in)(window, first, count, source, components);
}

void latentd_window_out(latentd_instruction_set set, const latentd_window *window, int64_t first, int64_t count,
                        const float *components, const float *bias, float slope, float *output) {
    FOR_SET(set, window_out)(window, first, count, components, bias, slope, output);
}

void latentd_window_back(latentd_instruction_set set, const latentd_window *window, int64_t first, int64_t count,
                         const float *gradient, float *components) {
    FOR_SET(set, window_back)(window, first, count, gradient, components);
}
