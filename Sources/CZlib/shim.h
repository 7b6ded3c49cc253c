// zlib, with the initialisers that it declares as macros made callable.
#ifndef LATENTD_CZLIB_SHIM_H
#define LATENTD_CZLIB_SHIM_H

#include <zlib.h>

/// Starts inflating a gzip stream (header and trailer checked by zlib).
static inline int czlib_inflate_init_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

/// Starts deflating into a gzip stream.
static inline int czlib_deflate_init_gzip(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

/// The same for zlib's own format (RFC 1950), which HTTP calls deflate.
static inline int czlib_inflate_init_zlib(z_stream *stream) { return inflateInit2(stream, 15); }
static inline int czlib_deflate_init_zlib(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15, 8, Z_DEFAULT_STRATEGY);
}

#endif
