// Minimal filtering (Winograd; Lavin and Gray, arXiv:1509.09308) for one instruction set: two outputs of a window of two or
// three taps take three or four products instead of four or six. Included inside a namespace that says how wide vectors are.

typedef vector<lanes>::floats floats;

// One direction: a tile of `outputs` sees `places` of the source, and has as many components.
template <int taps>
struct axis {
    static constexpr int outputs = taps == 1 ? 1 : 2, places = outputs + taps - 1;

    // A tile's places to its components, in place.
    static inline __attribute__((always_inline)) void transform(floats *d, int step) {
        if constexpr (taps == 2) {
            d[0] -= d[step];
            d[2 * step] -= d[step];
        } else if constexpr (taps == 3) {
            floats first = d[step], second = d[2 * step];
            d[0] -= second;
            d[3 * step] = first - d[3 * step];
            d[step] = first + second;
            d[2 * step] = second - first;
        }
    }

    // A tile's products to its outputs, in place.
    static inline __attribute__((always_inline)) void combine(floats *m, int step) {
        if constexpr (taps == 2) {
            m[0] += m[step];
            m[step] += m[2 * step];
        } else if constexpr (taps == 3) {
            m[0] += m[step] + m[2 * step];
            m[step] -= m[2 * step] + m[3 * step];
        }
    }
};

template <int taps_y, int taps_x>
void tiles_in(const latentd_window *w, int64_t first_row, int64_t rows, const float *source, float *components) {
    typedef axis<taps_y> vertical;
    typedef axis<taps_x> horizontal;
    int64_t columns = (w->output_width + horizontal::outputs - 1) / horizontal::outputs, tiles = rows * columns;
    for (int64_t tile = 0; tile < tiles; tile++) {
        int64_t top = (first_row + tile / columns) * vertical::outputs - w->padding_top;
        int64_t left = tile % columns * horizontal::outputs - w->padding_left;
        bool inside = top >= 0 && left >= 0 && top + vertical::places <= w->source_height &&
                      left + horizontal::places <= w->source_width;
        for (int64_t channel = 0; channel < w->channels; channel += lanes) {
            floats d[vertical::places][horizontal::places];
#pragma unroll
            for (int y = 0; y < vertical::places; y++)
#pragma unroll
                for (int x = 0; x < horizontal::places; x++) {
                    bool is_there = inside || (top + y >= 0 && top + y < w->source_height && left + x >= 0 &&
                                               left + x < w->source_width);
                    const float *place = source + ((top + y) * w->source_width + left + x) * w->channels + channel;
                    d[y][x] = is_there ? *(const floats *)place : floats{};
                }
#pragma unroll
            for (int y = 0; y < vertical::places; y++) horizontal::transform(d[y], 1);
#pragma unroll
            for (int x = 0; x < horizontal::places; x++) vertical::transform(&d[0][x], horizontal::places);
#pragma unroll
            for (int i = 0; i < vertical::places * horizontal::places; i++)
                *(floats *)(components + i * w->source_pitch + tile * w->channels + channel) = (&d[0][0])[i];
        }
    }
}

template <int taps_y, int taps_x>
void tiles_out(const latentd_window *w, int64_t first_row, int64_t rows, const float *components, const float *bias,
               float slope, float *output) {
    typedef axis<taps_y> vertical;
    typedef axis<taps_x> horizontal;
    int64_t columns = (w->output_width + horizontal::outputs - 1) / horizontal::outputs, tiles = rows * columns;
    for (int64_t tile = 0; tile < tiles; tile++) {
        int64_t top = (first_row + tile / columns) * vertical::outputs, left = tile % columns * horizontal::outputs;
        for (int64_t channel = 0; channel < w->output_channels; channel += lanes) {
            floats m[vertical::places][horizontal::places];
#pragma unroll
            for (int i = 0; i < vertical::places * horizontal::places; i++)
                (&m[0][0])[i] = *(const floats *)(components + i * w->output_pitch + tile * w->output_channels + channel);
#pragma unroll
            for (int y = 0; y < vertical::places; y++) horizontal::combine(m[y], 1);
#pragma unroll
            for (int x = 0; x < horizontal::outputs; x++) vertical::combine(&m[0][x], horizontal::places);
            floats shift = *(const floats *)(bias + channel);
#pragma unroll
            for (int y = 0; y < vertical::outputs; y++)
#pragma unroll
                for (int x = 0; x < horizontal::outputs; x++) {
                    if (top + y >= w->output_height || left + x >= w->output_width) continue;
                    floats value = m[y][x] + shift;
                    float *place = output + (top + y) * w->output_row + (left + x) * w->output_column + channel;
                    *(floats *)place = value > 0 ? value : value * slope;
                }
        }
    }
}

void window_in(const latentd_window *w, int64_t first_row, int64_t rows, const float *source, float *components) {
    void (*const table[3][3])(const latentd_window *, int64_t, int64_t, const float *, float *) = {
        {tiles_in<1, 1>, tiles_in<1, 2>, tiles_in<1, 3>},
        {tiles_in<2, 1>, tiles_in<2, 2>, tiles_in<2, 3>},
        {tiles_in<3, 1>, tiles_in<3, 2>, tiles_in<3, 3>}};
    table[w->window_height - 1][w->window_width - 1](w, first_row, rows, source, components);
}

void window_out(const latentd_window *w, int64_t first_row, int64_t rows, const float *components, const float *bias,
                float slope, float *output) {
    void (*const table[3][3])(const latentd_window *, int64_t, int64_t, const float *, const float *, float, float *) = {
        {tiles_out<1, 1>, tiles_out<1, 2>, tiles_out<1, 3>},
        {tiles_out<2, 1>, tiles_out<2, 2>, tiles_out<2, 3>},
        {tiles_out<3, 1>, tiles_out<3, 2>, tiles_out<3, 3>}};
    table[w->window_height - 1][w->window_width - 1](w, first_row, rows, components, bias, slope, output);
}
