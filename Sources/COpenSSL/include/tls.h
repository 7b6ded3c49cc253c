// The server's side of TLS: what OpenSSL offers as macros, callbacks and a queue of errors, behind plain functions.
//
// Every function that touches OpenSSL clears the thread's queue of errors first, so that none reports another's.
#ifndef LATENTD_TLS_H
#define LATENTD_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/// What connections have in common: certificate, key and rules.
struct tls_context;
/// One connection over a non-blocking socket, which belongs to the caller; for one thread at a time.
struct tls_session;

/// What `tls_context_create` could not do.
enum tls_fault {
    tls_fault_none,
    tls_fault_setup,        // OpenSSL itself: no memory, or an algorithm is missing
    tls_fault_certificate,  // the file has no certificate (or a chain) in PEM
    tls_fault_weak,         // the certificate's key or signature is weaker than what clients accept
    tls_fault_key,          // the file has no key in PEM, or one with a passphrase
    tls_fault_mismatch,     // the key is not the certificate's
    tls_fault_client_ca     // the file has no certificate in PEM
};

/// TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only; no renegotiation, no compression, ALPN http/1.1.
/// `client_ca` may be null; with it a client must show a certificate signed by one of those. Null on failure, with `fault`.
struct tls_context *tls_context_create(
    const char *certificate, const char *key, const char *client_ca, enum tls_fault *fault);
/// Connections made from it go on.
void tls_context_free(struct tls_context *context);

/// For one thread at a time, as is the handshake of sessions of one context. Null when memory has run out.
struct tls_session *tls_session_create(struct tls_context *context, int fd);
/// Leaves the socket open.
void tls_session_free(struct tls_session *session);

/// 1 when the connection is established, -EAGAIN to be called again when the socket is ready, else -errno (-EPROTO where
/// the peer broke the rules or was refused; it has been told by an alert then).
int tls_session_handshake(struct tls_session *session);

/// Bytes read; 0 at the end, told by close_notify or by the socket; -EAGAIN when the socket has no more; else -errno.
/// Fewer bytes than asked for mean that the socket is empty, unless `tls_session_holds_more`.
ssize_t tls_session_receive(struct tls_session *session, void *bytes, size_t count);
/// Whether the next receive has something to tell without the socket.
bool tls_session_holds_more(const struct tls_session *session);

/// Sends the start of two pieces, as one record where that is possible: bytes taken, -EAGAIN or -errno. After -EAGAIN the
/// next call must begin with the same bytes, though they may lie elsewhere.
ssize_t tls_session_send_pair(
    struct tls_session *session, const void *first, size_t first_count, const void *second, size_t second_count);

/// Sends close_notify, as far as the socket takes it now; reading goes on.
void tls_session_finish_sending(struct tls_session *session);

#endif
