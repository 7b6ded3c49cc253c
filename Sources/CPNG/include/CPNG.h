// A memory-to-memory PNG reader and writer over libpng.
//
// libpng reports errors by longjmp. Every function here catches it before it returns, so that no jump ever crosses a
// Swift frame. Nothing is allocated for pixels on this side: the caller brings the buffer after it has seen the header.
#ifndef LATENTD_CPNG_H
#define LATENTD_CPNG_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    CPNG_OK = 0,
    CPNG_TRUNCATED = 1,      // the bytes ended before the image did
    CPNG_CORRUPT = 2,        // libpng refused it; the message says why
    CPNG_OUT_OF_MEMORY = 3,
    CPNG_WRONG_SIZE = 4      // the caller's buffer is not the size the header asks for
} cpng_status;

#define CPNG_MESSAGE_CAPACITY 128

typedef struct {
    uint32_t width;
    uint32_t height;
    uint8_t channels;          // 1 grey, 2 grey+alpha, 3 RGB, 4 RGBA, after palette and tRNS are expanded
    uint8_t bytes_per_sample;  // 1 or 2 (2: host byte order)
} cpng_layout;

typedef struct cpng_reader cpng_reader;

/// Opens a PNG in memory and reads it up to its pixels. Every ancillary chunk but tRNS is skipped undecoded.
/// The bytes must stay where they are until cpng_reader_close. NULL when memory ran out.
cpng_reader *cpng_reader_create(const uint8_t *bytes, size_t count, uint32_t max_width, uint32_t max_height);
cpng_status cpng_reader_read_layout(cpng_reader *reader, cpng_layout *layout);
/// Decodes all rows into `pixels`, whose `count` must be width * height * channels * bytes_per_sample.
cpng_status cpng_reader_read_pixels(cpng_reader *reader, uint8_t *pixels, size_t count);
const char *cpng_reader_message(const cpng_reader *reader);
void cpng_reader_destroy(cpng_reader *reader);

typedef struct {
    uint8_t *bytes;  // owned by the caller after CPNG_OK: cpng_free
    size_t count;
    char message[CPNG_MESSAGE_CAPACITY];
} cpng_output;

/// Encodes interleaved rows; samples of two bytes are in host byte order. `level` is zlib's, 0...9.
cpng_status cpng_write(const uint8_t *pixels, size_t count, cpng_layout layout, int level, cpng_output *output);
void cpng_free(uint8_t *bytes);

#endif
