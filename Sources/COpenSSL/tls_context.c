#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <time.h>

#include "tls_internal.h"

enum { ticket_lifetime_seconds = 3600 };

static int no_passphrase(char *buffer, int size, int writing, void *data) {
    (void)buffer, (void)size, (void)writing, (void)data;
    return -1;  // OpenSSL's own would ask on the terminal
}

static int select_protocol(
    SSL *ssl, const unsigned char **chosen, unsigned char *chosen_count, const unsigned char *offered,
    unsigned int offered_count, void *data) {
    (void)ssl, (void)data;
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *found = NULL;
    int status = SSL_select_next_proto(&found, chosen_count, ours, sizeof ours - 1, offered, offered_count);
    if (status != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

static bool set_rules(SSL_CTX *context) {
    SSL_CTX_set_options(
        context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                     SSL_OP_PRIORITIZE_CHACHA |
                     // A request's length is known from itself, and one that is cut off is never handled: so the end of the
                     // socket need not be an error here, which would also forbid to answer a client that half-closes.
                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(
        context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_security_level(context, 2);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_timeout(context, ticket_lifetime_seconds);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    SSL_CTX_set_alpn_select_cb(context, select_protocol, NULL);
    SSL_CTX_set_msg_callback(context, tls_session_saw_message);
    static const unsigned char name[] = "latentd";
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 &&
           SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1 &&
           SSL_CTX_set_session_id_context(context, name, sizeof name - 1) == 1;
}

static enum tls_fault load(SSL_CTX *context, const char *certificate, const char *key, const char *client_ca) {
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1) {
        int reason = ERR_GET_REASON(ERR_peek_last_error());
        bool is_weak = reason == SSL_R_EE_KEY_TOO_SMALL || reason == SSL_R_CA_KEY_TOO_SMALL || reason == SSL_R_CA_MD_TOO_WEAK;
        return is_weak ? tls_fault_weak : tls_fault_certificate;
    }
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
        // A key of the certificate's kind is held against it at once.
        bool is_another = ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_X509;
        return is_another ? tls_fault_mismatch : tls_fault_key;
    }
    if (SSL_CTX_check_private_key(context) != 1) return tls_fault_mismatch;
    if (!client_ca) return tls_fault_none;
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(client_ca);
    if (!names) return tls_fault_client_ca;
    SSL_CTX_set_client_CA_list(context, names);
    if (SSL_CTX_load_verify_file(context, client_ca) != 1) return tls_fault_client_ca;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return tls_fault_none;
}

struct tls_context *tls_context_create(
    const char *certificate, const char *key, const char *client_ca, enum tls_fault *fault) {
    ERR_clear_error();
    *fault = tls_fault_setup;
    struct tls_context *context = calloc(1, sizeof *context);
    if (!context) return NULL;
    context->ssl = SSL_CTX_new(TLS_server_method());
    context->ticket_keys_since = time(NULL);
    if (context->ssl && set_rules(context->ssl)) {
        *fault = load(context->ssl, certificate, key, client_ca);
        if (*fault == tls_fault_none) return context;
    }
    tls_context_free(context);
    ERR_clear_error();
    return NULL;
}

void tls_context_free(struct tls_context *context) {
    if (!context) return;
    SSL_CTX_free(context->ssl);  // counted: connections keep it alive
    free(context);
}
