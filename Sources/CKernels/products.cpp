#include "latentd_kernels.h"

#define BODY "products.h"
#include "every_instruction_set.h"

latentd_instruction_set latentd_best_instruction_set(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        return LATENTD_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return LATENTD_AVX2;
#endif
    return LATENTD_PORTABLE;
}

int64_t latentd_tile_columns(latentd_instruction_set set) { return FOR_SET(set, lanes) * FOR_SET(set, vectors); }

void latentd_run_products(latentd_instruction_set set, const latentd_product *products, int64_t count, const float *a,
                          const float *b, const float *bias, float slope, float *c) {
    auto run = FOR_SET(set, run);
    for (int64_t i = 0; i < count; i++)
        run(products[i], a + products[i].a_offset, b, bias, slope, c + products[i].c_offset);
}
