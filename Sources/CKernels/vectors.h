// Vector types that may lie anywhere. Included inside a namespace for each instruction set.

template <int width>
struct vector {
    typedef float floats __attribute__((vector_size(width * sizeof(float)), aligned(sizeof(float))));
    typedef int32_t integers __attribute__((vector_size(width * sizeof(float)), aligned(sizeof(float))));
    typedef double doubles __attribute__((vector_size(width * sizeof(double)), aligned(sizeof(double))));
};

// The numbers of all lanes, for shuffles: __make_integer_seq<lane_list, int, lanes>().
template <class Index, Index... lane>
struct lane_list {};
