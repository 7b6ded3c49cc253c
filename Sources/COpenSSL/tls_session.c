#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "tls_internal.h"

struct tls_session {
    SSL *ssl;
    int fd;
    int error;             // errno of the socket's failure, 0 for none
    size_t budget;         // bytes that this call may still take from the socket
    int messages;          // handshake messages in this call, once established
    bool is_drained;       // the socket had no more, in this call
    bool is_established;
    bool is_broken;        // OpenSSL forbids any further use
    bool has_finished;     // close_notify has been sent, or could not be
    bool holds_more;
};

// One call must end, however fast the peer sends what has no content: records of handshakes, key updates, nothing.
enum { handshake_budget = 64 * 1024, record_overhead_budget = 64 * 1024, most_messages = 16, record_bytes = 16384 };

// The keys that seal tickets are kept for twelve hours and then forgotten, so that what was recorded before is safe from
// whoever takes the process's memory later.
enum { ticket_key_lifetime = 12 * 3600, ticket_key_bytes = 80 };

// MARK: The socket, as OpenSSL sees it. Its own would raise SIGPIPE, read on without bound and ask an empty socket twice.

static int socket_read(BIO *bio, char *bytes, size_t count, size_t *taken) {
    struct tls_session *session = BIO_get_data(bio);
    *taken = 0;
    BIO_clear_retry_flags(bio);
    if (session->is_drained) {
        BIO_set_retry_read(bio);
        return 0;
    }
    if (session->budget == 0 || session->messages > most_messages) {
        session->error = EPROTO;
        return 0;
    }
    size_t wanted = count < session->budget ? count : session->budget;
    ssize_t result;
    do result = recv(session->fd, bytes, wanted, MSG_DONTWAIT);
    while (result < 0 && errno == EINTR);
    if (result > 0) {
        session->budget -= (size_t)result;
        // What comes after a short read is a new event of the edge-triggered kind (epoll(7)).
        session->is_drained = (size_t)result < wanted;
        *taken = (size_t)result;
        return 1;
    }
    if (result == 0) {
        BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        session->is_drained = true;
        BIO_set_retry_read(bio);
    } else {
        session->error = errno;
    }
    return 0;
}

static int socket_write(BIO *bio, const char *bytes, size_t count, size_t *written) {
    struct tls_session *session = BIO_get_data(bio);
    *written = 0;
    BIO_clear_retry_flags(bio);
    ssize_t result;
    do result = send(session->fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (result < 0 && errno == EINTR);
    if (result >= 0) {
        *written = (size_t)result;
        return 1;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
        BIO_set_retry_write(bio);
    } else {
        session->error = errno;
    }
    return 0;
}

static long socket_control(BIO *bio, int command, long number, void *pointer) {
    (void)number, (void)pointer;
    if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    return command == BIO_CTRL_FLUSH;
}

static CRYPTO_ONCE method_once = CRYPTO_ONCE_STATIC_INIT;
static BIO_METHOD *method;

static void make_method(void) {
    BIO_METHOD *made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    if (made && BIO_meth_set_read_ex(made, socket_read) == 1 && BIO_meth_set_write_ex(made, socket_write) == 1 &&
        BIO_meth_set_ctrl(made, socket_control) == 1) {
        method = made;
    }
}

static BIO *socket_bio(struct tls_session *session) {
    CRYPTO_THREAD_run_once(&method_once, make_method);
    BIO *bio = method ? BIO_new(method) : NULL;
    if (!bio) return NULL;
    BIO_set_data(bio, session);
    BIO_set_init(bio, 1);
    return bio;
}

// MARK: Life

void tls_session_saw_message(
    int is_sent, int version, int content_type, const void *bytes, size_t count, SSL *ssl, void *data) {
    (void)version, (void)bytes, (void)count, (void)data;
    struct tls_session *session = SSL_get_app_data(ssl);
    if (session && session->is_established && !is_sent && content_type == SSL3_RT_HANDSHAKE) session->messages += 1;
}

/// The first connection after a key's time replaces it.
static void renew_ticket_keys(struct tls_context *context) {
    int64_t now = time(NULL), since = context->ticket_keys_since;
    if (now >= since && now - since < ticket_key_lifetime) return;
    if (!atomic_compare_exchange_strong(&context->ticket_keys_since, &since, now)) return;
    unsigned char keys[ticket_key_bytes];
    if (RAND_priv_bytes(keys, sizeof keys) == 1) SSL_CTX_set_tlsext_ticket_keys(context->ssl, keys, sizeof keys);
    OPENSSL_cleanse(keys, sizeof keys);
}

struct tls_session *tls_session_create(struct tls_context *context, int fd) {
    ERR_clear_error();
    struct tls_session *session = calloc(1, sizeof *session);
    if (!session) return NULL;
    session->fd = fd;
    renew_ticket_keys(context);
    session->ssl = SSL_new(context->ssl);
    BIO *bio = session->ssl ? socket_bio(session) : NULL;
    if (!bio || SSL_set_app_data(session->ssl, session) != 1) {
        BIO_free(bio);
        tls_session_free(session);
        return NULL;
    }
    SSL_set_bio(session->ssl, bio, bio);
    SSL_set_accept_state(session->ssl);
    return session;
}

void tls_session_free(struct tls_session *session) {
    if (!session) return;
    ERR_clear_error();
    SSL_free(session->ssl);
    free(session);
}

// MARK: Calls

static void begin(struct tls_session *session, size_t budget) {
    ERR_clear_error();
    session->budget = budget;
    session->messages = 0;
    session->is_drained = false;
}

static void begin_writing(struct tls_session *session) {
    begin(session, 0);
    session->is_drained = true;  // nothing is read meanwhile
}

/// What a call that did nothing came to: 0 at the end, -EAGAIN, or -errno.
static int outcome(struct tls_session *session, int result) {
    switch (SSL_get_error(session->ssl, result)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE: return -EAGAIN;
        case SSL_ERROR_ZERO_RETURN: return 0;
        default:
            session->is_broken = true;
            ERR_clear_error();
            return session->error ? -session->error : -EPROTO;
    }
}

int tls_session_handshake(struct tls_session *session) {
    if (session->is_broken) return -EPROTO;
    begin(session, handshake_budget);
    int result = SSL_do_handshake(session->ssl);
    if (result == 1) {
        session->is_established = true;
        // Read-ahead may hold the first request already, with no event to come.
        session->holds_more = SSL_has_pending(session->ssl) == 1;
        return 1;
    }
    int reason = outcome(session, result);
    if (reason == 0) {
        session->is_broken = true;
        return -ECONNRESET;
    }
    return reason;
}

ssize_t tls_session_receive(struct tls_session *session, void *bytes, size_t count) {
    if (session->is_broken) return -EPROTO;
    begin(session, count > SIZE_MAX / 2 ? count : count + record_overhead_budget);
    session->holds_more = false;
    size_t received = 0;
    while (received < count) {
        size_t taken = 0;
        int result = SSL_read_ex(session->ssl, (char *)bytes + received, count - received, &taken);
        received += taken;
        if (result == 1) continue;
        int reason = outcome(session, result);
        if (received == 0) return reason;
        // What is to be told besides the bytes is told by the next call.
        session->holds_more = reason != -EAGAIN;
        return (ssize_t)received;
    }
    session->holds_more = true;  // there may be more
    return (ssize_t)received;
}

bool tls_session_holds_more(const struct tls_session *session) { return session->holds_more; }

ssize_t tls_session_send_pair(
    struct tls_session *session, const void *first, size_t first_count, const void *second, size_t second_count) {
    if (session->is_broken) return -EPROTO;
    begin_writing(session);
    unsigned char record[record_bytes];
    const void *start = first_count > 0 ? first : second;
    size_t count = first_count > 0 ? first_count : second_count;
    if (first_count > 0 && first_count < sizeof record && second_count > 0) {
        size_t rest = sizeof record - first_count < second_count ? sizeof record - first_count : second_count;
        memcpy(record, first, first_count);
        memcpy(record + first_count, second, rest);
        start = record;
        count = first_count + rest;
    }
    if (count == 0) return 0;
    size_t written = 0;
    int result = SSL_write_ex(session->ssl, start, count, &written);
    if (result == 1) return (ssize_t)written;
    int reason = outcome(session, result);
    return reason == 0 ? -EPIPE : reason;
}

void tls_session_finish_sending(struct tls_session *session) {
    if (session->is_broken || !session->is_established || session->has_finished) return;
    session->has_finished = true;
    begin_writing(session);
    int result = SSL_shutdown(session->ssl);
    if (result < 0) (void)outcome(session, result);
}
