// OpenSSL. Only digests are used so far; TLS sessions will come through this module too.
#ifndef LATENTD_COPENSSL_SHIM_H
#define LATENTD_COPENSSL_SHIM_H

#include <openssl/evp.h>

#endif
