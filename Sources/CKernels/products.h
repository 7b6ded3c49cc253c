// Products for one instruction set. Included inside a namespace that says how wide its vectors are (every_instruction_set.h).

typedef vector<lanes>::floats floats;

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

// All rows of a product, in tiles of nearly equal height.
template <int highest, class Tile>
void tiles(const latentd_product &p, const float *a, float *c, Tile tile) {
    int64_t left = p.rows;
    for (int64_t count = (p.rows + highest - 1) / highest; count > 0; count--) {
        int64_t rows = left / count;
        tile(rows, a, c);
        left -= rows, a += rows * p.a_row, c += rows * p.c_row;
    }
}

// Lane i of the first becomes the sum of the i-th vector: those that are `step` apart exchange and add halves.
template <int step, int... lane>
inline void add_up(floats *sums, lane_list<int, lane...> list) {
    if constexpr (step < lanes) {
#pragma unroll
        for (int i = 0; i < lanes; i += 2 * step) {
            floats a = sums[i], b = sums[i + step];
            sums[i] = __builtin_shufflevector(a, b, (lane & step ? lanes + lane : lane)...) +
                      __builtin_shufflevector(a, b, (lane & step ? lanes + lane - step : lane + step)...);
        }
        add_up<2 * step>(sums, list);
    }
}

// The rows of a column of its own: vectors go down the depth.
template <int rows>
void dots(const latentd_product &p, const float *a, const float *b, const float *bias, float slope, float *c) {
#pragma clang fp contract(fast)
    floats sums[lanes] = {};
    for (int64_t s = 0; s < p.segments; s++) {
        const float *x = a + p.a_offsets[s], *w = b + p.b_offsets[s];
        int64_t k = 0;
        for (; k + lanes <= p.depth; k += lanes) {
            floats factors = *(const floats *)(w + k);
#pragma unroll
            for (int r = 0; r < rows; r++) sums[r] += factors * *(const floats *)(x + r * p.a_row + k);
        }
        if (k == p.depth) continue;
        // In a vector, too: the compiler rounds scalar sums one way or another, as it likes for that many rows.
        floats factors = {}, terms = {};
        const int64_t bytes = (p.depth - k) * sizeof(float);
        __builtin_memcpy(&factors, w + k, bytes);
#pragma unroll
        for (int r = 0; r < rows; r++) {
            __builtin_memcpy(&terms, x + r * p.a_row + k, bytes);
            sums[r] += factors * terms;
        }
    }
    add_up<1>(sums, __make_integer_seq<lane_list, int, lanes>());
    floats result = sums[0];
    if (bias) result += *bias;
    if (!bias)
        for (int r = 0; r < rows; r++) result[r] += c[r * p.c_row];
    result = result > 0 ? result : result * slope;
#pragma unroll
    for (int r = 0; r < rows; r++) c[r * p.c_row] = result[r];
}

template <int rows>
void dots_of(int64_t height, const latentd_product &p, const float *a, const float *b, const float *bias, float slope,
             float *c) {
    if (height == rows) return dots<rows>(p, a, b, bias, slope, c);
    if constexpr (rows > 1) dots_of<rows - 1>(height, p, a, b, bias, slope, c);
}

// Every column is computed in the same order of terms, whatever rows are computed with it.
void run(const latentd_product &p, const float *a, const float *b, const float *bias, float slope, float *c) {
    int64_t column = 0;
    if (p.b_width == 1 && p.b_step == 1 && p.a_step == 1) {
        for (; column < p.columns; column++, b += p.b_panel)
            tiles<lanes>(p, a, c + column, [&](int64_t rows, const float *a, float *c) {
                dots_of<lanes>(rows, p, a, b, bias ? bias + column : nullptr, slope, c);
            });
        return;
    }
    auto panel = [&] { return b + column / p.b_width * p.b_panel + column % p.b_width; };
#define BLOCKS(width, count, highest)                                                                             \
    for (; p.columns - column >= width * count; column += width * count)                                          \
        tiles<highest>(p, a, c + column, [&](int64_t rows, const float *a, float *c) {                            \
            tile_of<width, count, highest>(rows, p, a, panel(), bias ? bias + column : nullptr, slope, c);        \
        });
    BLOCKS(lanes, vectors, full_rows)
    BLOCKS(lanes, vectors / 2, half_rows)
    BLOCKS(lanes, 1, one_rows)
    if constexpr (lanes > 8) BLOCKS(8, 1, 8)
    if constexpr (lanes > 4) BLOCKS(4, 1, 8)
    BLOCKS(1, 1, 8)
#undef BLOCKS
}
