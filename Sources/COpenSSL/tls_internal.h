// What the two files of TLS share.
#ifndef LATENTD_TLS_INTERNAL_H
#define LATENTD_TLS_INTERNAL_H

#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdint.h>

#include "tls.h"

struct tls_context {
    SSL_CTX *ssl;
    _Atomic int64_t ticket_keys_since;  // seconds of the clock
};

/// OpenSSL's message callback: counts the peer's handshake messages.
void tls_session_saw_message(
    int is_sent, int version, int content_type, const void *bytes, size_t count, SSL *ssl, void *data);

#endif
