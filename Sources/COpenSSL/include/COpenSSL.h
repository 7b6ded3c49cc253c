// OpenSSL 3 as it is, and the TLS connections of a server behind plain functions.
#ifndef LATENTD_COPENSSL_H
#define LATENTD_COPENSSL_H

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#include "tls.h"

#endif
