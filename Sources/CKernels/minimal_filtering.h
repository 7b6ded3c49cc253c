// Minimal filtering (Winograd; Lavin and Gray, arXiv:1509.09308) for one instruction set: neighbouring outputs of a window
// take fewer products than a window each. Included inside a namespace that says how wide vectors are.

typedef vector<lanes>::floats floats;

#include "minimal_filters.h"

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

// Of a tile's places, those that its image does not have lie here.
constexpr int64_t channels_at_once = 256;
alignas(64) constexpr float zeros[channels_at_once] = {};

// The components of a tile that sees the image from `top` and `left` on: matrices · image · their transpose, for every
// channel. The tile's addresses are worked out once for many channels.
template <bool transposed, int down_rows, int down_columns, int across_rows, int across_columns>
static ALWAYS_INLINE void components_of(const float (&down)[down_rows][down_columns],
                                        const float (&across)[across_rows][across_columns], const float *image,
                                        int64_t top, int64_t left, int64_t rows, int64_t columns, int64_t row_pitch,
                                        int64_t column_pitch, int64_t channels, int64_t pitch, float *to) {
    constexpr int height = transposed ? down_rows : down_columns, high = transposed ? down_columns : down_rows;
    constexpr int width = transposed ? across_rows : across_columns, wide = transposed ? across_columns : across_rows;
    for (int64_t first = 0; first < channels; first += channels_at_once) {
        const float *places[height][width];
        const float *corner = image + top * row_pitch + left * column_pitch + first;
#pragma unroll
        for (int y = 0; y < height; y++)
#pragma unroll
            for (int x = 0; x < width; x++) {
                bool is_there = uint64_t(top + y) < uint64_t(rows) && uint64_t(left + x) < uint64_t(columns);
                places[y][x] = is_there ? corner + y * row_pitch + x * column_pitch : zeros;
            }
        int64_t count = channels - first < channels_at_once ? channels - first : channels_at_once;
        for (int64_t channel = 0; channel < count; channel += lanes) {
            floats half[height][wide];
#pragma unroll
            for (int y = 0; y < height; y++) {
                floats row[width];
#pragma unroll
                for (int x = 0; x < width; x++) row[x] = *(const floats *)(places[y][x] + channel);
                multiply<transposed>(across, row, 1, half[y], 1);
            }
#pragma unroll
            for (int x = 0; x < wide; x++) {
                floats column[high];
                multiply<transposed>(down, &half[0][x], wide, column, 1);
#pragma unroll
                for (int y = 0; y < high; y++) *(floats *)(to + (y * wide + x) * pitch + first + channel) = column[y];
            }
        }
    }
}

template <class vertical, class horizontal>
struct tiles {
    static int64_t rows(const latentd_window *w) { return (w->output_height + vertical::outputs - 1) / vertical::outputs; }
    static int64_t columns(const latentd_window *w) {
        return (w->output_width + horizontal::outputs - 1) / horizontal::outputs;
    }

    static void in(const latentd_window *w, int64_t first, int64_t count, const float *source, float *to) {
        int64_t tile_rows = rows(w), tile_columns = columns(w), row_pitch = w->source_width * w->channels;
        for (int64_t i = 0; i < count; i++) {
            tile_place tile(w, first + i, tile_rows, tile_columns);
            components_of<false>(vertical::in, horizontal::in, source + tile.image * w->source_height * row_pitch,
                                 tile.row * vertical::outputs * vertical::stride - w->padding_top,
                                 tile.column * horizontal::outputs * horizontal::stride - w->padding_left,
                                 w->source_height, w->source_width, row_pitch, w->channels, w->channels,
                                 w->source_pitch, to + i * w->channels);
        }
    }

    static void out(const latentd_window *w, int64_t first, int64_t count, const float *from, const float *bias,
                    float slope, float *output) {
        constexpr int wide = horizontal::components;
        int64_t tile_rows = rows(w), tile_columns = columns(w);
        for (int64_t i = 0; i < count; i++, from += w->output_channels) {
            tile_place tile(w, first + i, tile_rows, tile_columns);
            int64_t top = tile.row * vertical::outputs, left = tile.column * horizontal::outputs;
            int64_t rows = w->output_height - top, columns = w->output_width - left;
            float *image = output + tile.image * w->output_image + top * w->output_row + left * w->output_column;
            for (int64_t channel = 0; channel < w->output_channels; channel += lanes) {
                floats half[vertical::components][horizontal::outputs], shift = *(const floats *)(bias + channel);
#pragma unroll
                for (int y = 0; y < vertical::components; y++) {
                    floats row[wide];
#pragma unroll
                    for (int x = 0; x < wide; x++)
                        row[x] = *(const floats *)(from + (y * wide + x) * w->output_pitch + channel);
                    multiply<false>(horizontal::out, row, 1, half[y], 1);
                }
#pragma unroll
                for (int x = 0; x < horizontal::outputs; x++) {
                    if (x >= columns) break;
                    floats column[vertical::outputs];
                    multiply<false>(vertical::out, &half[0][x], horizontal::outputs, column, 1);
#pragma unroll
                    for (int y = 0; y < vertical::outputs; y++) {
                        if (y >= rows) break;
                        floats value = column[y] + shift;
                        *(floats *)(image + y * w->output_row + x * w->output_column + channel) =
                            value > 0 ? value : value * slope;
                    }
                }
            }
        }
    }

    // The transpose of `out`: from the outputs' gradient to the components'.
    static void back(const latentd_window *w, int64_t first, int64_t count, const float *gradient, float *to) {
        int64_t tile_rows = rows(w), tile_columns = columns(w);
        for (int64_t i = 0; i < count; i++) {
            tile_place tile(w, first + i, tile_rows, tile_columns);
            components_of<true>(vertical::out, horizontal::out, gradient + tile.image * w->output_image,
                                tile.row * vertical::outputs, tile.column * horizontal::outputs, w->output_height,
                                w->output_width, w->output_row, w->output_column, w->output_channels, w->output_pitch,
                                to + i * w->output_channels);
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
