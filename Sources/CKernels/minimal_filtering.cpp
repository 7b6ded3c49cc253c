#include "latentd_kernels.h"

#define BODY "minimal_filtering.h"
#include "every_instruction_set.h"

void latentd_window_in(latentd_instruction_set set, const latentd_window *window, int64_t first_row, int64_t rows,
                       const float *source, float *components) {
    FOR_SET(set, window_in)(window, first_row, rows, source, components);
}

void latentd_window_out(latentd_instruction_set set, const latentd_window *window, int64_t first_row, int64_t rows,
                        const float *components, const float *bias, float slope, float *output) {
    FOR_SET(set, window_out)(window, first_row, rows, components, bias, slope, output);
}
