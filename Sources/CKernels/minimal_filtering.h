// Minimal filtering (Winograd; Lavin and Gray, arXiv:1509.09308) for one instruction set: neighbouring outputs of a window
// take fewer products than a window each. Included inside a namespace that says how wide vectors are.

typedef vector<lanes>::floats floats;

// One direction of a tile: its `outputs` see `places` of the source. With as many products as there are components,
// outputs = out · ((in · places) ⊙ (weights · taps)); what `weights` is stands in MinimalAxis.swift.
struct one {
    static constexpr int taps = 1, outputs = 1, stride = 1, places = 1, components = 1;
    static constexpr float in[1][1] = {{1}}, out[1][1] = {{1}};
};
struct two_taps_2 {
    static constexpr int taps = 2, outputs = 2, stride = 1, places = 3, components = 3;
    static constexpr float in[3][3] = {{1, -1, 0}, {0, 1, 0}, {0, -1, 1}}, out[2][3] = {{1, 1, 0}, {0, 1, 1}};
};
// Values of polynomials at 0, 1, -1, 2 and infinity.
struct two_taps_4 {
    static constexpr int taps = 2, outputs = 4, stride = 1, places = 5, components = 5;
    static constexpr float in[5][5] = {
        {2, -1, -2, 1, 0}, {0, -2, -1, 1, 0}, {0, 2, -3, 1, 0}, {0, -1, 0, 1, 0}, {0, 2, -1, -2, 1}};
    static constexpr float out[4][5] = {{1, 1, 1, 1, 0}, {0, 1, -1, 2, 0}, {0, 1, 1, 4, 0}, {0, 1, -1, 8, 1}};
};
// At 0, 1, -1, 2, -2 and infinity.
struct two_taps_5 {
    static constexpr int taps = 2, outputs = 5, stride = 1, places = 6, components = 6;
    static constexpr float in[6][6] = {{4, 0, -5, 0, 1, 0},  {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0},
                                       {0, -2, -1, 2, 1, 0}, {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}};
    static constexpr float out[5][6] = {
        {1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 0}, {0, 1, 1, 16, 16, 1}};
};
struct three_taps_2 {
    static constexpr int taps = 3, outputs = 2, stride = 1, places = 4, components = 4;
    static constexpr float in[4][4] = {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}};
    static constexpr float out[2][4] = {{1, 1, 1, 0}, {0, 1, -1, -1}};
};
struct three_taps_4 {
    static constexpr int taps = 3, outputs = 4, stride = 1, places = 6, components = 6;
    static constexpr const float (&in)[6][6] = two_taps_5::in;
    static constexpr float out[4][6] = {
        {1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1}};
};
// A window that slides by two: its outer taps see the even places and are two taps that slide by one, its middle tap
// sees the odd ones.
struct three_taps_by_two {
    static constexpr int taps = 3, outputs = 2, stride = 2, places = 5, components = 5;
    static constexpr float in[5][5] = {
        {1, 0, -1, 0, 0}, {0, 1, 0, 0, 0}, {0, 0, 1, 0, 0}, {0, 0, 0, 1, 0}, {0, 0, -1, 0, 1}};
    static constexpr float out[2][5] = {{1, 1, 1, 0, 0}, {0, 0, 1, 1, 1}};
};

#define ALWAYS_INLINE inline __attribute__((always_inline))

// y = matrix · x, or its transpose's where `transposed`; elements of x and y are `step` and `to_step` apart.
template <bool transposed, int rows, int columns>
static ALWAYS_INLINE void multiply(const float (&matrix)[rows][columns], const floats *x, int step, floats *y,
                                   int to_step) {
#pragma clang fp contract(fast)
#pragma unroll
    for (int r = 0; r < (transposed ? columns : rows); r++) {
        floats sum = {};
        bool is_empty = true;
#pragma unroll
        for (int c = 0; c < (transposed ? rows : columns); c++) {
            float factor = transposed ? matrix[c][r] : matrix[r][c];
            if (factor == 0) continue;
            sum = is_empty ? factor * x[c * step] : sum + factor * x[c * step];
            is_empty = false;
        }
        y[r * to_step] = sum;
    }
}

// Where a tile of the whole batch is.
struct tile_place {
    int64_t image, row, column;
    tile_place(const latentd_window *w, int64_t tile, int64_t tile_rows, int64_t tile_columns)
        : image(tile / (tile_rows * tile_columns)), row(tile / tile_columns % tile_rows), column(tile % tile_columns) {}
};

// [height, width] vectors of a tile from places of an image that may not all be there.
template <int height, int width>
static ALWAYS_INLINE void gather(const float *image, int64_t row_pitch, int64_t column_pitch, int64_t top, int64_t left,
                                 int64_t rows, int64_t columns, floats (&tile)[height][width]) {
    bool inside = top >= 0 && left >= 0 && top + height <= rows && left + width <= columns;
#pragma unroll
    for (int y = 0; y < height; y++)
#pragma unroll
        for (int x = 0; x < width; x++) {
            bool is_there = inside || (top + y >= 0 && top + y < rows && left + x >= 0 && left + x < columns);
            tile[y][x] = is_there ? *(const floats *)(image + (top + y) * row_pitch + (left + x) * column_pitch) : floats{};
        }
}

template <class vertical, class horizontal>
struct tiles {
    static int64_t rows(const latentd_window *w) { return (w->output_height + vertical::outputs - 1) / vertical::outputs; }
    static int64_t columns(const latentd_window *w) {
        return (w->output_width + horizontal::outputs - 1) / horizontal::outputs;
    }
    static constexpr int components = vertical::components * horizontal::components;

    static void in(const latentd_window *w, int64_t first, int64_t count, const float *source, float *to) {
        int64_t tile_rows = rows(w), tile_columns = columns(w), row_pitch = w->source_width * w->channels;
        for (int64_t i = 0; i < count; i++) {
            tile_place tile(w, first + i, tile_rows, tile_columns);
            const float *image = source + tile.image * w->source_height * row_pitch;
            int64_t top = tile.row * vertical::outputs * vertical::stride - w->padding_top;
            int64_t left = tile.column * horizontal::outputs * horizontal::stride - w->padding_left;
            for (int64_t channel = 0; channel < w->channels; channel += lanes) {
                floats d[vertical::places][horizontal::places];
                gather(image + channel, row_pitch, w->channels, top, left, w->source_height, w->source_width, d);
                floats half[vertical::places][horizontal::components], m[vertical::components][horizontal::components];
#pragma unroll
                for (int y = 0; y < vertical::places; y++) multiply<false>(horizontal::in, d[y], 1, half[y], 1);
#pragma unroll
                for (int x = 0; x < horizontal::components; x++)
                    multiply<false>(vertical::in, &half[0][x], horizontal::components, &m[0][x], horizontal::components);
#pragma unroll
                for (int c = 0; c < components; c++)
                    *(floats *)(to + c * w->source_pitch + i * w->channels + channel) = (&m[0][0])[c];
            }
        }
    }

    static void out(const latentd_window *w, int64_t first, int64_t count, const float *from, const float *bias,
                    float slope, float *output) {
        int64_t tile_rows = rows(w), tile_columns = columns(w);
        for (int64_t i = 0; i < count; i++) {
            tile_place tile(w, first + i, tile_rows, tile_columns);
            int64_t top = tile.row * vertical::outputs, left = tile.column * horizontal::outputs;
            float *image = output + tile.image * w->output_image + top * w->output_row + left * w->output_column;
            for (int64_t channel = 0; channel < w->output_channels; channel += lanes) {
                floats m[vertical::components][horizontal::components];
#pragma unroll
                for (int c = 0; c < components; c++)
                    (&m[0][0])[c] = *(const floats *)(from + c * w->output_pitch + i * w->output_channels + channel);
                floats half[vertical::components][horizontal::outputs], d[vertical::outputs][horizontal::outputs];
#pragma unroll
                for (int y = 0; y < vertical::components; y++) multiply<false>(horizontal::out, m[y], 1, half[y], 1);
#pragma unroll
                for (int x = 0; x < horizontal::outputs; x++)
                    multiply<false>(vertical::out, &half[0][x], horizontal::outputs, &d[0][x], horizontal::outputs);
                floats shift = *(const floats *)(bias + channel);
#pragma unroll
                for (int y = 0; y < vertical::outputs; y++)
#pragma unroll
                    for (int x = 0; x < horizontal::outputs; x++) {
                        if (top + y >= w->output_height || left + x >= w->output_width) continue;
                        floats value = d[y][x] + shift;
                        *(floats *)(image + y * w->output_row + x * w->output_column + channel) =
                            value > 0 ? value : value * slope;
                    }
            }
        }
    }

    // The transpose of `out`: from the outputs' gradient to the components'.
    static void back(const latentd_window *w, int64_t first, int64_t count, const float *gradient, float *to) {
        int64_t tile_rows = rows(w), tile_columns = columns(w);
        for (int64_t i = 0; i < count; i++) {
            tile_place tile(w, first + i, tile_rows, tile_columns);
            int64_t top = tile.row * vertical::outputs, left = tile.column * horizontal::outputs;
            const float *image = gradient + tile.image * w->output_image;
            for (int64_t channel = 0; channel < w->output_channels; channel += lanes) {
                floats d[vertical::outputs][horizontal::outputs];
                gather(image + channel, w->output_row, w->output_column, top, left, w->output_height, w->output_width, d);
                floats half[vertical::outputs][horizontal::components], m[vertical::components][horizontal::components];
#pragma unroll
                for (int y = 0; y < vertical::outputs; y++) multiply<true>(horizontal::out, d[y], 1, half[y], 1);
#pragma unroll
                for (int x = 0; x < horizontal::components; x++)
                    multiply<true>(vertical::out, &half[0][x], horizontal::components, &m[0][x], horizontal::components);
#pragma unroll
                for (int c = 0; c < components; c++)
                    *(floats *)(to + c * w->output_pitch + i * w->output_channels + channel) = (&m[0][0])[c];
            }
        }
    }
};

// Calls `run` with the filter of one direction.
template <class Run>
void with_filter(latentd_filter filter, Run run) {
    switch (filter) {
        case LATENTD_ONE_TAP: return run(one());
        case LATENTD_TWO_TAPS_2: return run(two_taps_2());
        case LATENTD_TWO_TAPS_4: return run(two_taps_4());
        case LATENTD_TWO_TAPS_5: return run(two_taps_5());
        case LATENTD_THREE_TAPS_2: return run(three_taps_2());
        case LATENTD_THREE_TAPS_4: return run(three_taps_4());
        case LATENTD_THREE_TAPS_BY_TWO: return run(three_taps_by_two());
    }
}

// Calls `run` with the tiles of a window. Windows of two by three taps and the like, which are rare, have none.
template <class Run>
void with_tiles(const latentd_window *w, Run run) {
    with_filter(w->vertical, [&](auto vertical) {
        with_filter(w->horizontal, [&](auto horizontal) {
            constexpr bool have_tiles = vertical.stride == horizontal.stride &&
                                        (vertical.taps == horizontal.taps || vertical.taps == 1 || horizontal.taps == 1);
            if constexpr (have_tiles) run(tiles<decltype(vertical), decltype(horizontal)>());
        });
    });
}

void window_in(const latentd_window *w, int64_t first, int64_t count, const float *source, float *components) {
    with_tiles(w, [&](auto tiles) { tiles.in(w, first, count, source, components); });
}

void window_out(const latentd_window *w, int64_t first, int64_t count, const float *components, const float *bias,
                float slope, float *output) {
    with_tiles(w, [&](auto tiles) { tiles.out(w, first, count, components, bias, slope, output); });
}

void window_back(const latentd_window *w, int64_t first, int64_t count, const float *gradient, float *components) {
    with_tiles(w, [&](auto tiles) { tiles.back(w, first, count, gradient, components); });
}
