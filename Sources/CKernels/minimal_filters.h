// The directions of minimal filtering's tiles. Included inside a namespace for each instruction set.

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
