// Vectors from and to memory, and the functions on them. Included by bodies that compute, inside a namespace that says how
// wide its vectors are.

typedef vector<lanes>::floats floats;
typedef vector<lanes>::integers integers;
typedef vector<lanes>::doubles doubles;

inline floats load(const float *from) { return *(const floats *)from; }
inline void store(floats value, float *to) { *(floats *)to = value; }

// The last, partial vector of an array, filled up with zeros.
inline floats load_part(const float *from, int64_t count) {
    floats value = {};
    for (int64_t i = 0; i < count; i++) value[i] = from[i];
    return value;
}
inline void store_part(floats value, float *to, int64_t count) {
    for (int64_t i = 0; i < count; i++) to[i] = value[i];
}

// The Taylor series of exp(r), |r| ≤ 0.35.
inline floats exp_series(floats r) {
    floats sum = r * (1.0f / 5040) + 1.0f / 720;
    sum = sum * r + 1.0f / 120;
    sum = sum * r + 1.0f / 24;
    sum = sum * r + 1.0f / 6;
    sum = sum * r + 0.5f;
    sum = sum * r + 1.0f;
    return sum * r + 1.0f;
}

// exp(x) for x ≤ 0 by x = n log 2 + r; 0 from −87 down.
inline floats exp_of_negative(floats argument) {
    integers vanishes = argument <= -87.0f;
    floats x = vanishes ? floats{} : argument;
    floats shifted = x * 1.44269504f + 12582912.0f;  // 1.5 · 2²³: rounds to an integer in the low bits
    floats n = shifted - 12582912.0f;
    floats r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    integers power = ((integers)shifted << 23) + (127 << 23);
    return vanishes ? floats{} : exp_series(r) * (floats)power;
}

// log(1 + t) for 0 ≤ t ≤ 1 as 2 artanh(s), s = f / (2 + f), where 1 + t = (1 + f) · 1 or 2: no difference of near numbers.
inline floats log_of_one_plus(floats t) {
    integers large = t > 0.41421356f;
    floats f = large ? (t - 1.0f) * 0.5f : t;
    floats s = f / (f + 2.0f), square = s * s;
    floats series = square * (2.0f / 9) + 2.0f / 7;
    series = series * square + 2.0f / 5;
    series = series * square + 2.0f / 3;
    floats result = s * 2.0f + s * square * series;
    return large ? result + 0.693147181f : result;
}

// exp(x) for any x: infinite where it is too large for a float, 0 from −87 down. 2ⁿ comes in two factors, since n may be 128.
inline floats exponential(floats argument) {
    integers vanishes = argument <= -87.0f;
    floats x = vanishes ? floats{} : argument > 89.0f ? floats{} + 89.0f : argument;
    floats shifted = x * 1.44269504f + 12582912.0f;
    floats n = shifted - 12582912.0f;
    floats r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    integers whole = ((integers)shifted << 9) >> 9, half = whole >> 1;
    integers first = (half + 127) << 23, second = (whole - half + 127) << 23;
    return vanishes ? floats{} : exp_series(r) * (floats)first * (floats)second;
}

inline floats magnitude(floats x) { return x > 0 ? x : -x; }

inline floats sigmoid(floats x, floats tail) {
    floats numerator = x >= 0 ? floats{} + 1.0f : tail;
    return numerator / (tail + 1.0f);
}
