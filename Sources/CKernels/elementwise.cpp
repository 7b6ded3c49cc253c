#include "latentd_kernels.h"

#define BODY "elementwise.h"
#include "every_instruction_set.h"

void latentd_sigmoid(latentd_instruction_set set, int64_t count, float *values) {
    FOR_SET(set, sigmoid_all)(count, values);
}

void latentd_scale_where_negative(latentd_instruction_set set, int64_t count, const float *outputs, float slope,
                                  float *gradient) {
    FOR_SET(set, scale_where_negative)(count, outputs, slope, gradient);
}

void latentd_add_rows(latentd_instruction_set set, int64_t rows, int64_t columns, const float *values, float *sums) {
    FOR_SET(set, add_rows)(rows, columns, values, sums);
}

void latentd_transpose(latentd_instruction_set set, int64_t rows, int64_t columns, const float *source, int64_t pitch,
                       float *target) {
    FOR_SET(set, transpose)(rows, columns, source, pitch, target);
}
