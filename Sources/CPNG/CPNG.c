#include "CPNG.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void keep_message(char *destination, const char *message) {
    snprintf(destination, CPNG_MESSAGE_CAPACITY, "%s", message ? message : "unknown error");
}

static int is_little_endian(void) {
    const uint16_t one = 1;
    return *(const uint8_t *)&one == 1;
}

/* 0 when the product does not fit. */
static size_t layout_byte_count(const cpng_layout *layout) {
    size_t total = layout->width;
    if (__builtin_mul_overflow(total, (size_t)layout->height, &total)) return 0;
    if (__builtin_mul_overflow(total, (size_t)layout->channels, &total)) return 0;
    if (__builtin_mul_overflow(total, (size_t)layout->bytes_per_sample, &total)) return 0;
    return total;
}

/* Reading */

struct cpng_reader {
    png_structp png;
    png_infop info;
    const uint8_t *bytes;
    size_t count;
    size_t position;
    int truncated;
    int passes;
    cpng_layout layout;
    char message[CPNG_MESSAGE_CAPACITY];
};

static void reader_error(png_structp png, png_const_charp message) {
    cpng_reader *reader = png_get_error_ptr(png);
    keep_message(reader->message, message);
    png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void read_bytes(png_structp png, png_bytep destination, size_t count) {
    cpng_reader *reader = png_get_io_ptr(png);
    if (count > reader->count - reader->position) {
        reader->truncated = 1;
        png_error(png, "the data ends too early");
    }
    memcpy(destination, reader->bytes + reader->position, count);
    reader->position += count;
}

cpng_reader *cpng_reader_create(const uint8_t *bytes, size_t count, uint32_t max_width, uint32_t max_height) {
    cpng_reader *reader = calloc(1, sizeof *reader);
    if (!reader) return NULL;
    reader->bytes = bytes;
    reader->count = count;
    reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, reader_error, ignore_warning);
    if (reader->png) reader->info = png_create_info_struct(reader->png);
    if (!reader->png || !reader->info) {
        cpng_reader_destroy(reader);
        return NULL;
    }
    png_set_read_fn(reader->png, reader, read_bytes);
    png_set_user_limits(reader->png, max_width, max_height);
    /* A negative count: skip every chunk but IHDR, PLTE, tRNS, IDAT and IEND, so compressed text is never inflated. */
    png_set_keep_unknown_chunks(reader->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_chunk_malloc_max(reader->png, 1u << 20);
    png_set_chunk_cache_max(reader->png, 16);
    return reader;
}

static cpng_status reader_failure(const cpng_reader *reader) {
    return reader->truncated ? CPNG_TRUNCATED : CPNG_CORRUPT;
}

cpng_status cpng_reader_read_layout(cpng_reader *reader, cpng_layout *layout) {
    png_structp png = reader->png;
    png_infop info = reader->info;
    if (setjmp(png_jmpbuf(png))) return reader_failure(reader);

    png_read_info(png, info);
    png_set_expand(png); /* palette to RGB, 1-4 bits to 8, tRNS to alpha */
    if (is_little_endian() && png_get_bit_depth(png, info) == 16) png_set_swap(png);
    reader->passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);

    reader->layout.width = png_get_image_width(png, info);
    reader->layout.height = png_get_image_height(png, info);
    reader->layout.channels = png_get_channels(png, info);
    reader->layout.bytes_per_sample = png_get_bit_depth(png, info) == 16 ? 2 : 1;
    *layout = reader->layout;
    return CPNG_OK;
}

cpng_status cpng_reader_read_pixels(cpng_reader *reader, uint8_t *pixels, size_t count) {
    png_structp png = reader->png;
    const size_t expected = layout_byte_count(&reader->layout);
    if (expected == 0 || expected != count) return CPNG_WRONG_SIZE;
    const size_t stride = expected / reader->layout.height;
    if (png_get_rowbytes(png, reader->info) != stride) return CPNG_WRONG_SIZE;

    if (setjmp(png_jmpbuf(png))) return reader_failure(reader);
    for (int pass = 0; pass < reader->passes; pass++) {
        for (uint32_t row = 0; row < reader->layout.height; row++) {
            png_read_row(png, pixels + (size_t)row * stride, NULL);
        }
    }
    png_read_end(png, NULL);
    return CPNG_OK;
}

const char *cpng_reader_message(const cpng_reader *reader) { return reader->message; }

void cpng_reader_destroy(cpng_reader *reader) {
    if (!reader) return;
    if (reader->png) png_destroy_read_struct(&reader->png, reader->info ? &reader->info : NULL, NULL);
    free(reader);
}

/* Writing */

typedef struct {
    cpng_output *output;
    size_t capacity;
    int out_of_memory;
} writer_state;

static void writer_error(png_structp png, png_const_charp message) {
    writer_state *state = png_get_error_ptr(png);
    keep_message(state->output->message, message);
    png_longjmp(png, 1);
}

static void write_bytes(png_structp png, png_bytep source, size_t count) {
    writer_state *state = png_get_io_ptr(png);
    cpng_output *output = state->output;
    size_t needed;
    if (__builtin_add_overflow(output->count, count, &needed) || needed > SIZE_MAX / 2) {
        state->out_of_memory = 1;
        png_error(png, "the image is too large");
    }
    if (needed > state->capacity) {
        size_t capacity = state->capacity ? state->capacity : 4096;
        while (capacity < needed) capacity *= 2;
        uint8_t *grown = realloc(output->bytes, capacity);
        if (!grown) {
            state->out_of_memory = 1;
            png_error(png, "out of memory");
        }
        output->bytes = grown;
        state->capacity = capacity;
    }
    memcpy(output->bytes + output->count, source, count);
    output->count = needed;
}

static void flush_nothing(png_structp png) { (void)png; }

cpng_status cpng_write(const uint8_t *pixels, size_t count, cpng_layout layout, int level, cpng_output *output) {
    static const int color_types[] = {
        PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    memset(output, 0, sizeof *output);
    if (layout.channels < 1 || layout.channels > 4) return CPNG_WRONG_SIZE;
    if (layout.bytes_per_sample < 1 || layout.bytes_per_sample > 2) return CPNG_WRONG_SIZE;
    const size_t expected = layout_byte_count(&layout);
    if (expected == 0 || expected != count) return CPNG_WRONG_SIZE;
    const size_t stride = expected / layout.height;

    writer_state state = {.output = output};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &state, writer_error, ignore_warning);
    if (!png) return CPNG_OUT_OF_MEMORY;
    png_infop info = png_create_info_struct(png);
    if (!info || setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, info ? &info : NULL);
        free(output->bytes);
        output->bytes = NULL;
        output->count = 0;
        return !info || state.out_of_memory ? CPNG_OUT_OF_MEMORY : CPNG_CORRUPT;
    }
    png_set_write_fn(png, &state, write_bytes, flush_nothing);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_compression_level(png, level);
    png_set_IHDR(png, info, layout.width, layout.height, layout.bytes_per_sample * 8, color_types[layout.channels - 1],
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    if (layout.bytes_per_sample == 2 && is_little_endian()) png_set_swap(png);
    for (uint32_t row = 0; row < layout.height; row++) png_write_row(png, pixels + (size_t)row * stride);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return CPNG_OK;
}

void cpng_free(uint8_t *bytes) { free(bytes); }
