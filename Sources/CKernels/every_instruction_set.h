// Compiles BODY for each instruction set, in a namespace of its own that says how wide its vectors are and how many rows
// of a product's tile its registers hold: `vectors` to a row, half of them, and one.
#include <stdint.h>

namespace {

namespace portable {
constexpr int lanes = 4, vectors = 2, full_rows = 5, half_rows = 8, one_rows = 8;
#include "vectors.h"
#include BODY
}  // namespace portable

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
namespace avx2 {
constexpr int lanes = 8, vectors = 2, full_rows = 6, half_rows = 8, one_rows = 8;
#include "vectors.h"
#include BODY
}  // namespace avx2
#pragma clang attribute pop

// Without the second attribute the compiler halves every vector of 512 bits.
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma"))), apply_to = function)
#pragma clang attribute push(__attribute__((min_vector_width(512))), apply_to = function)
namespace avx512 {
constexpr int lanes = 16, vectors = 4, full_rows = 7, half_rows = 14, one_rows = 14;
#include "vectors.h"
#include BODY
}  // namespace avx512
#pragma clang attribute pop
#pragma clang attribute pop
#define FOR_SET(set, function) \
    (set == LATENTD_AVX512 ? avx512::function : set == LATENTD_AVX2 ? avx2::function : portable::function)
#else
#define FOR_SET(set, function) portable::function
#endif

}  // namespace
