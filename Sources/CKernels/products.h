// Products for one instruction set. Included inside a namespace that says how wide its vectors are (every_instruction_set.h).

// Weights are read once and come from the second cache at best: lines are asked for that many steps of the depth before.
constexpr int64_t ahead = 8, floats_of_a_line = 16;

// rows × count sums of vectors, which stay in registers over the whole depth of every segment.
template <int width, int rows, int count>
void tile(const latentd_product &p, const float *a, const float *b, const float *bias, float slope, float *c) {
#pragma clang fp contract(fast)
    typedef typename vector<width>::floats floats;
    floats sums[rows][count];
#pragma unroll
    for (int r = 0; r < rows; r++)
#pragma unroll
        for (int v = 0; v < count; v++) sums[r][v] = *(const floats *)((bias ? bias : c + r * p.c_row) + v * width);
    for (int64_t s = 0; s < p.segments; s++) {
        const float *x = a + p.a_offsets[s], *w = b + p.b_offsets[s];
        for (int64_t k = 0; k < p.depth; k++, x += p.a_step, w += p.b_step) {
            floats factors[count];
#pragma unroll
            for (int v = 0; v < count; v++) {
                factors[v] = *(const floats *)(w + v * width);
                if (v * width % floats_of_a_line == 0) __builtin_prefetch(w + ahead * p.b_step + v * width);
            }
#pragma unroll
            for (int r = 0; r < rows; r++) {
                float factor = x[r * p.a_row];
#pragma unroll
                for (int v = 0; v < count; v++) sums[r][v] += factor * factors[v];
            }
        }
    }
#pragma unroll
    for (int r = 0; r < rows; r++)
#pragma unroll
        for (int v = 0; v < count; v++)
            *(floats *)(c + r * p.c_row + v * width) = sums[r][v] > 0 ? sums[r][v] : sums[r][v] * slope;
}

template <int width, int count, int rows>
void tile_of(int64_t height, const latentd_product &p, const float *a, const float *b, const float *bias, float slope,
             float *c) {
    if (height == rows) return tile<width, rows, count>(p, a, b, bias, slope, c);
    if constexpr (rows > 1) tile_of<width, count, rows - 1>(height, p, a, b, bias, slope, c);
}

// All rows of `count` vectors of columns, in tiles of nearly equal height.
template <int width, int count, int highest>
void columns(const latentd_product &p, const float *a, const float *b, const float *bias, float slope, float *c) {
    int64_t left = p.rows;
    for (int64_t tiles = (p.rows + highest - 1) / highest; tiles > 0; tiles--) {
        int64_t rows = left / tiles;
        tile_of<width, count, highest>(rows, p, a, b, bias, slope, c);
        left -= rows, a += rows * p.a_row, c += rows * p.c_row;
    }
}

// A dot product; the lanes' sums are added up in pairs.
inline float dot(int64_t count, const float *a, const float *b) {
#pragma clang fp contract(fast)
    typedef typename vector<lanes>::floats floats;
    floats sums[4] = {};
    int64_t i = 0;
    for (; i + 4 * lanes <= count; i += 4 * lanes)
#pragma unroll
        for (int v = 0; v < 4; v++)
            sums[v] += *(const floats *)(a + i + v * lanes) * *(const floats *)(b + i + v * lanes);
    for (; i + lanes <= count; i += lanes) sums[0] += *(const floats *)(a + i) * *(const floats *)(b + i);
    sums[0] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    for (int half = lanes / 2; half > 0; half /= 2)
        for (int lane = 0; lane < half; lane++) sums[0][lane] += sums[0][lane + half];
    float sum = sums[0][0];
    for (; i < count; i++) sum += a[i] * b[i];
    return sum;
}

void dot_products(int64_t rows, int64_t outputs, int64_t depth, const float *a, const float *b, const float *bias,
                  float slope, float *c) {
    for (int64_t row = 0; row < rows; row++, a += depth)
        for (int64_t output = 0; output < outputs; output++) {
            float sum = bias[output] + dot(depth, a, b + output * depth);
            *c++ = sum > 0 ? sum : sum * slope;
        }
}

// Every column is computed in the same order of terms, whatever rows are computed with it.
void run(const latentd_product &p, const float *a, const float *b, const float *bias, float slope, float *c) {
    int64_t column = 0;
    auto panel = [&] { return b + column / p.b_width * p.b_panel + column % p.b_width; };
#define BLOCKS(width, count, highest)                                                                             \
    for (; p.columns - column >= width * count; column += width * count)                                          \
        columns<width, count, highest>(p, a, panel(), bias ? bias + column : nullptr, slope, c + column);
    BLOCKS(lanes, vectors, full_rows)
    BLOCKS(lanes, vectors / 2, half_rows)
    BLOCKS(lanes, 1, one_rows)
    if constexpr (lanes > 8) BLOCKS(8, 1, 8)
    if constexpr (lanes > 4) BLOCKS(4, 1, 8)
    BLOCKS(1, 1, 8)
#undef BLOCKS
}
