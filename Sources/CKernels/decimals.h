// Floats as text for one instruction set, a vector of numbers at once. Included inside a namespace that says how wide its
// vectors are.

constexpr int numbers = lanes / 2;
typedef uint64_t words __attribute__((vector_size(numbers * sizeof(uint64_t)), aligned(sizeof(uint64_t))));
typedef uint32_t halves __attribute__((vector_size(numbers * sizeof(uint32_t)), aligned(sizeof(uint32_t))));
typedef uint32_t pairs __attribute__((vector_size(numbers * sizeof(uint64_t)), aligned(sizeof(uint64_t))));
typedef uint16_t quarters __attribute__((vector_size(numbers * sizeof(uint64_t)), aligned(sizeof(uint64_t))));

inline words low(words x) { return x & 0xFFFFFFFFull; }
// What is true is all ones.
inline words one_where(words condition) { return condition & 1; }
inline words choose(words condition, words yes, words no) { return (yes & condition) | (no & ~condition); }

// The upper 32 bits of value · power, with every bit that is lost gathered in the lowest one (rounding to odd).
inline words scaled(words value, words power) {
    words sum = low(value) * (power >> 32) + (low(value) * low(power) >> 32);
    return sum >> 32 | one_where((words)(low(sum) > 1));
}

// The text of numbers below 10⁸ with zeros before it, the first digit in the lowest byte.
inline words eight_digits(words number) {
    words top = low(number) * 109951163 >> 40;
    words parts = top | (low(number) - top * 10000) << 32;
    words hundreds = (words)((pairs)parts * 10486 >> 20);
    parts = hundreds | ((words)((quarters)parts - (quarters)hundreds * 100)) << 16;
    words tens = (words)((quarters)parts * 103 >> 10);
    return tens | ((words)((quarters)parts - (quarters)tens * 10)) << 8 | 0x3030303030303030;
}

struct decimals {
    // Nine digits, the first not 0 unless all are.
    words digits;
    // How far behind the first digit's left side the point is, and 64 more.
    words point;
};

// Schubfach. Of the bits of numbers that are finite, without their signs.
inline decimals shortest(words bits) {
    words significand = bits & 0x7FFFFF, biased = bits >> 23;
    words normal = (words)(biased != 0);
    words c = significand | (normal & 0x800000);
    words e = choose(normal, biased, words{} + 1);  // the number is c · 2^(e − 150)
    // The step down to the next float is half as long at a power of two.
    words closer = (words)(significand == 0) & (words)(biased > 1);
    words k = (e * 1262611 + (64ull << 22) - 150 * 1262611 - (closer & 524031)) >> 22;  // and 64 more
    words row = (words{} + 64 - power_table::first) - k, power;
    for (int i = 0; i < numbers; i++) power[i] = powers.of[row[i]];
    words h = e + ((row * 1741647 + (128ull << 19) + power_table::first * 1741647) >> 19) - (150 + 128 - 1);
    words odd = c & 1, whole = 4 * c;
    words lower = scaled((whole - 2 + one_where(closer)) << h, power) + odd;
    words middle = scaled(whole << h, power), upper = scaled((whole + 2) << h, power) - odd;

    words s = middle >> 2, tenth = low(s) * 0xCCCCCCCD >> 35;
    words shorter_up = (words)(tenth * 40 + 40 <= upper);
    words is_shorter = ((words)(lower <= tenth * 40) ^ shorter_up) & (words)(s >= 10);
    words up = (words)(s * 4 + 4 <= upper), one_inside = (words)(lower <= s * 4) ^ up, tie = s * 4 + 2;
    words rounds_up = (words)(middle > tie) | ((words)(middle == tie) & (0 - (s & 1)));
    words digits = choose(is_shorter, tenth + one_where(shorter_up), s + one_where(choose(one_inside, up, rounds_up)));
    words exponent = k + one_where(is_shorter);

    // Whole numbers below 2²⁴ are their own digits.
    words fraction = (words{} + 150 - e) & 31;
    words is_whole = (words)(e <= 150) & (words)(e > 126) & (words)((c & ((words{} + 1 << fraction) - 1)) == 0);
    digits = choose(is_whole, c >> fraction, digits);
    words point = choose(is_whole, words{} + 64, exponent) + 9;
    for (int i = 0; i < 4; i++) {
        words is_short = (words)(digits < short_of[i].below);
        digits = choose(is_short, low(digits) * short_of[i].times, digits);
        point -= is_short & short_of[i].places;
    }
    return {digits, choose((words)(digits == 0), words{} + 65, point)};
}

// The parts of a text and which arrangement of them it is, but for the number of digits.
struct pieces {
    words first, last, form;
};
inline pieces taken_apart(decimals decimal) {
    words head = low(decimal.digits) * 1441151881 >> 57;
    words tail = eight_digits(decimal.digits - head * 100000000);
    words is_negative = (words)(decimal.point < 65);
    words power = choose(is_negative, 65 - decimal.point, decimal.point - 65), tens = power * 205 >> 11;
    words form = arrangement_table::powers + one_where(is_negative) + 2 * one_where((words)(power > 9));
    words is_plain = (words)(decimal.point >= 60) & (words)(decimal.point < 74);
    return {(head + '0') | tail << 8,
            tail >> 56 | (tens + '0') << 40 | (power - tens * 10 + '0') << 48 | pieces_of_every_text,
            choose(is_plain, decimal.point - 60, form)};
}

// The bytes of a text in the order of an arrangement.
template <int width>
inline void arrange(uint64_t first, uint64_t last, const uint8_t *order, uint8_t *text) {
#if defined(__x86_64__)
    if constexpr (width > 4) {
        typedef char bytes __attribute__((vector_size(16)));
        typedef uint64_t both __attribute__((vector_size(16)));
        bytes places;
        __builtin_memcpy(&places, order, 16);
        places = __builtin_ia32_pshufb128((bytes)both{first, last}, places);
        __builtin_memcpy(text, &places, 16);
        return;
    }
#endif
    uint64_t both[2] = {first, last};
    for (int i = 0; i < 16; i++) text[i] = ((const uint8_t *)both)[order[i]];
}

// The pieces of a few numbers, in memory: a text's place depends on those before it, its pieces on nothing.
struct strip {
    static constexpr int length = 64;
    uint64_t first[length], last[length], form[length];
};

// Whether all are finite.
inline bool take_apart(int64_t count, const float *values, strip &into) {
    words infinite = {};
    for (int64_t start = 0; start < count; start += numbers) {
        int64_t here = count - start < numbers ? count - start : numbers;
        halves bits = {};
        if (here == numbers)
            __builtin_memcpy(&bits, values + start, sizeof bits);
        else
            for (int64_t i = 0; i < here; i++) __builtin_memcpy((char *)&bits + 4 * i, values + start + i, 4);
        words magnitudes = __builtin_convertvector(bits & 0x7FFFFFFF, words);
        infinite |= (words)(magnitudes >= 0x7F800000);
        pieces all = taken_apart(shortest(magnitudes));
        *(words *)(into.first + start) = all.first;
        *(words *)(into.last + start) = all.last;
        *(words *)(into.form + start) = all.form;
    }
    uint64_t any = 0;
    for (int i = 0; i < numbers; i++) any |= infinite[i];
    return any == 0;
}

int64_t print_floats(int64_t count, const float *values, uint8_t *text) {
    uint8_t *end = text;
    strip parts;
    for (int64_t start = 0; start < count; start += strip::length) {
        int64_t here = count - start < strip::length ? count - start : strip::length;
        if (!take_apart(here, values + start, parts)) return -1;
        for (int64_t i = 0; i < here; i++) {
            uint64_t first = parts.first[i], last = parts.last[i];
            uint32_t bits;
            __builtin_memcpy(&bits, values + start + i, sizeof bits);
            *end = '-';
            end += bits >> 31;
            // The digits behind the first up to the last that is not 0: it has one of the upper four bits of this.
            uint64_t others = (first >> 8 | last << 56) << 4 & 0xF0F0F0F0F0F0F0F0;
            int64_t digits = (67 - __builtin_clzll(others | 1)) >> 3;
            const arrangement &form = arrangements.of[parts.form[i]][digits];
            arrange<lanes>(first, last, form.order, end);
            end += form.length;
        }
    }
    return end - text;
}
