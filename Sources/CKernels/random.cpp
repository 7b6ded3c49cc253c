#include "latentd_kernels.h"

#define BODY "random.h"
#include "every_instruction_set.h"

void latentd_uniforms(latentd_instruction_set set, int64_t blocks, uint64_t seed, uint64_t stream, uint64_t position,
                      float *numbers) {
    FOR_SET(set, uniforms)(blocks, seed, stream, position, numbers);
}
