// Whether oneDNN is here, in a version that this shim speaks. Package.swift links the library on the same condition.
#ifndef LATENTD_ONEDNN_AVAILABILITY_H
#define LATENTD_ONEDNN_AVAILABILITY_H

#if !defined(LATENTD_WITHOUT_ONEDNN) && defined(__has_include)
#if __has_include(<oneapi/dnnl/dnnl.h>)
#include <oneapi/dnnl/dnnl.h>
#include <oneapi/dnnl/dnnl_version.h>
#if DNNL_VERSION_MAJOR == 2 || DNNL_VERSION_MAJOR == 3
#define LATENTD_HAS_ONEDNN 1
#endif
#endif
#endif

#ifndef LATENTD_HAS_ONEDNN
#define LATENTD_HAS_ONEDNN 0
#endif

#endif
