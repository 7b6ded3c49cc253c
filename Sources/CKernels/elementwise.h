// Element-wise loops for one instruction set. Included inside a namespace that says how wide its vectors are.

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

// exp(x) for x ≤ 0 by x = n log 2 + r and the Taylor series of exp(r), |r| ≤ 0.35; 0 from −87 down.
inline floats exp_of_negative(floats argument) {
    integers vanishes = argument <= -87.0f;
    floats x = vanishes ? floats{} : argument;
    floats shifted = x * 1.44269504f + 12582912.0f;  // 1.5 · 2²³: rounds to an integer in the low bits
    floats n = shifted - 12582912.0f;
    floats r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    floats sum = r * (1.0f / 5040) + 1.0f / 720;
    sum = sum * r + 1.0f / 120;
    sum = sum * r + 1.0f / 24;
    sum = sum * r + 1.0f / 6;
    sum = sum * r + 0.5f;
    sum = sum * r + 1.0f;
    sum = sum * r + 1.0f;
    integers power = ((integers)shifted << 23) + (127 << 23);
    return vanishes ? floats{} : sum * (floats)power;
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

inline floats magnitude(floats x) { return x > 0 ? x : -x; }

inline floats sigmoid(floats x, floats tail) {
    floats numerator = x >= 0 ? floats{} + 1.0f : tail;
    return numerator / (tail + 1.0f);
}

void sigmoid_all(int64_t count, float *values) {
#pragma clang fp contract(fast)
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        floats x = load(values + i);
        store(sigmoid(x, exp_of_negative(-magnitude(x))), values + i);
    }
    if (i < count) {
        floats x = load_part(values + i, count - i);
        store_part(sigmoid(x, exp_of_negative(-magnitude(x))), values + i, count - i);
    }
}

double bernoulli_loss(int64_t count, const float *logits, const float *targets, float scale, float *gradient) {
#pragma clang fp contract(fast)
    doubles sum = {};
    for (int64_t i = 0; i < count; i += lanes) {
        int64_t left = count - i;
        floats x = left >= lanes ? load(logits + i) : load_part(logits + i, left);
        floats target = left >= lanes ? load(targets + i) : load_part(targets + i, left);
        floats tail = exp_of_negative(-magnitude(x));
        floats loss = (x > 0 ? x : floats{}) - x * target + log_of_one_plus(tail);
        if (left < lanes)
            for (int64_t lane = left; lane < lanes; lane++) loss[lane] = 0;
        sum += __builtin_convertvector(loss, doubles);
        if (!gradient) continue;
        floats slope = (sigmoid(x, tail) - target) * scale;
        if (left >= lanes)
            store(slope, gradient + i);
        else
            store_part(slope, gradient + i, left);
    }
    double total = 0;
    for (int lane = 0; lane < lanes; lane++) total += sum[lane];
    return total;
}

void scale_where_negative(int64_t count, const float *outputs, float slope, float *gradient) {
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        floats value = load(gradient + i);
        store(load(outputs + i) > 0 ? value : value * slope, gradient + i);
    }
    for (; i < count; i++) gradient[i] = outputs[i] > 0 ? gradient[i] : gradient[i] * slope;
}

void add_rows(int64_t rows, int64_t columns, const float *values, float *sums) {
    int64_t column = 0;
    for (; column + lanes <= columns; column += lanes) {
        floats sum = load(sums + column);
        for (int64_t row = 0; row < rows; row++) sum += load(values + row * columns + column);
        store(sum, sums + column);
    }
    for (; column < columns; column++)
        for (int64_t row = 0; row < rows; row++) sums[column] += values[row * columns + column];
}

// In columns of a few cache lines, so that what is read with a stride is still near when it is read again.
void transpose(int64_t rows, int64_t columns, const float *__restrict source, int64_t pitch, float *__restrict target) {
    for (int64_t first = 0; first < rows; first += 64) {
        int64_t end = first + 64 < rows ? first + 64 : rows;
        for (int64_t column = 0; column < columns; column++)
            for (int64_t row = first; row < end; row++) target[column * pitch + row] = source[row * columns + column];
    }
}

void scatter_terms(const latentd_scatter &s, const float *terms, const float *bias, float *__restrict target) {
    for (int64_t place = 0; place < s.height * s.width; place++)
        for (int64_t channel = 0; channel < s.channels; channel++) target[place * s.channels + channel] = bias[channel];
    for (int64_t row = 0; row < s.source_height; row++) {
        for (int64_t tap = 0; tap < s.kernel_height * s.kernel_width; tap++) {
            int64_t y = row * s.stride_height + tap / s.kernel_width - s.top, shift = tap % s.kernel_width - s.left;
            if (y < 0 || y >= s.height || shift >= s.width) continue;
            int64_t first = shift >= 0 ? 0 : (-shift + s.stride_width - 1) / s.stride_width;
            int64_t end = (s.width - 1 - shift) / s.stride_width + 1;
            if (end > s.source_width) end = s.source_width;
            const float *__restrict from = terms + row * s.source_width * s.columns + tap * s.channels;
            float *__restrict to = target + (y * s.width + shift) * s.channels;
            if (s.channels == 1 && s.stride_width == 1) {
                for (int64_t x = first; x < end; x++) to[x] += from[x * s.columns];
                continue;
            }
            for (int64_t x = first; x < end; x++)
                for (int64_t channel = 0; channel < s.channels; channel++)
                    to[x * s.stride_width * s.channels + channel] += from[x * s.columns + channel];
        }
    }
}
