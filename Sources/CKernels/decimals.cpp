#include "latentd_kernels.h"

// Raffaello Giulietti, "The Schubfach way to render doubles" (2020), for binary32: which decimals round to a float is
// computed with a power of ten from a table and three multiplications. Which digits there are and where the point stands
// cannot be foreseen, so nothing branches on it: a text's bytes are its digits and signs in an order from a second table.
namespace {

// For each k from `first` on the 64 leading bits of 10^k, rounded up: 10^k · 2^(63 − ⌊log₂ 10^k⌋).
struct power_table {
    static constexpr int first = -31, last = 45;
    uint64_t of[last - first + 1];

    constexpr power_table() : of{} {
        for (int k = first; k <= last; k++) {
            // 10^k = 5^k 2^k: the leading bits are those of 5^k. 5^45 has 105 bits.
            unsigned __int128 five = 1;
            for (int i = 0; i < (k < 0 ? -k : k); i++) five *= 5;
            int bits = 0;
            for (unsigned __int128 rest = five; rest > 0; rest >>= 1) bits++;
            of[k - first] = k >= 0 ? leading(five, bits) : reciprocal(five, bits);
        }
    }

    static constexpr uint64_t leading(unsigned __int128 five, int bits) {
        if (bits <= 64) return (uint64_t)(five << (64 - bits));
        uint64_t top = (uint64_t)(five >> (bits - 64));
        return (unsigned __int128)top << (bits - 64) == five ? top : top + 1;
    }

    // Long division of 2^(bits + 63): 64 bits, since 2^(bits − 1) < five < 2^bits.
    static constexpr uint64_t reciprocal(unsigned __int128 five, int bits) {
        uint64_t quotient = 0;
        unsigned __int128 remainder = (unsigned __int128)1 << (bits - 1);
        for (int i = 0; i < 64; i++) {
            remainder <<= 1;
            quotient <<= 1;
            if (remainder >= five) remainder -= five, quotient |= 1;
        }
        return quotient + 1;
    }
};
constexpr power_table powers;

// Digits below a power of ten are that many places short of nine.
struct {
    uint32_t below, times, places;
} constexpr short_of[4] = {{10, 100000000, 8}, {100000, 10000, 4}, {10000000, 100, 2}, {100000000, 10, 1}};

// What a text is made of: nine digits, these, and two digits of a power of ten, which come before the comma.
constexpr uint64_t pieces_of_every_text =
    (uint64_t)'.' << 8 | (uint64_t)'0' << 16 | (uint64_t)'e' << 24 | (uint64_t)'-' << 32 | (uint64_t)',' << 56;

struct arrangement {
    uint8_t order[16], length;

    constexpr void add(int piece) { order[length++] = (uint8_t)piece; }
};

// Plain from 10⁻⁵ to 10⁹, else with a power of ten of one or two digits, positive or negative; by digits but one.
struct arrangement_table {
    static constexpr int powers = 14, point = 9, zero = 10, e = 11, minus = 12, tens = 13, ones = 14, comma = 15;
    arrangement of[powers + 4][9];

    constexpr arrangement_table() : of{} {
        for (int form = 0; form < powers + 4; form++)
            for (int digits = 1; digits <= 9; digits++) {
                arrangement &text = of[form][digits - 1];
                if (form < powers)
                    plain(text, form - 4, digits);
                else
                    scientific(text, form - powers, digits);
                text.add(comma);
            }
    }

    static constexpr void plain(arrangement &text, int whole, int digits) {
        for (int i = 0; i < whole; i++) text.add(i);
        if (whole <= 0) text.add(zero);
        if (digits > whole) text.add(point);
        for (int i = whole; i < 0; i++) text.add(zero);
        for (int i = whole > 0 ? whole : 0; i < digits; i++) text.add(i);
    }

    static constexpr void scientific(arrangement &text, int form, int digits) {
        text.add(0);
        if (digits > 1) text.add(point);
        for (int i = 1; i < digits; i++) text.add(i);
        text.add(e);
        if (form & 1) text.add(minus);
        if (form & 2) text.add(tens);
        text.add(ones);
    }
};
constexpr arrangement_table arrangements;

}  // namespace

#define BODY "decimals.h"
#include "every_instruction_set.h"

int64_t latentd_print_floats(latentd_instruction_set set, int64_t count, const float *values, uint8_t *text) {
    return FOR_SET(set, print_floats)(count, values, text);
}
