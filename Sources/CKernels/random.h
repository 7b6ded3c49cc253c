// Philox 4x32-10 for one instruction set: a vector of counters at once. Included inside a namespace that says how wide its
// vectors are.

constexpr int counters = lanes / 2;
// Words of 32 bits in lanes of 64, as products want them; what is above the word is of no account.
typedef uint64_t words __attribute__((vector_size(counters * sizeof(uint64_t)), aligned(sizeof(uint64_t))));
typedef uint32_t pairs __attribute__((vector_size(counters * sizeof(uint64_t)), aligned(sizeof(uint32_t))));
typedef float numbers_of_pairs __attribute__((vector_size(counters * sizeof(uint64_t)), aligned(sizeof(float))));

inline words low(words x) { return x & 0xFFFFFFFFull; }

// Two words of each counter, one after the other, as numbers in 0 ..< 1.
inline words numbers(words first, words second) {
    pairs words_of_both = (pairs)(low(first) | second << 32);
    return (words)(__builtin_convertvector(words_of_both >> 8, numbers_of_pairs) * 0x1p-24f);
}

void uniforms(int64_t blocks, uint64_t seed, uint64_t stream, uint64_t position, float *target) {
    words step;
    for (int lane = 0; lane < counters; lane++) step[lane] = (uint64_t)lane;
    for (int64_t block = 0; block < blocks; block += counters) {
        words place = step + (position + (uint64_t)block);
        words c0 = place, c1 = place >> 32, c2 = words{} + stream, c3 = words{} + (stream >> 32);
        uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
        for (int round = 0; round < 10; round++) {
            words first = low(c0) * 0xD2511F53ull, second = low(c2) * 0xCD9E8D57ull;
            c0 = second >> 32 ^ c1 ^ (uint64_t)k0, c1 = second;
            c2 = first >> 32 ^ c3 ^ (uint64_t)k1, c3 = first;
            k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
        }
        words early = numbers(c0, c1), late = numbers(c2, c3);
        int64_t here = blocks - block < counters ? blocks - block : counters;
        for (int64_t lane = 0; lane < here; lane++) {
            uint64_t both[2] = {early[lane], late[lane]};
            __builtin_memcpy(target + 4 * (block + lane), both, sizeof both);
        }
    }
}
