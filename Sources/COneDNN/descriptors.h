// What oneDNN's versions say differently: onednn2.c and onednn3.c define the same functions, one of them is compiled.
//
// 3.0 made memory descriptors opaque, dropped the operations' descriptors and the scale of an element-wise operation.
#ifndef LATENTD_ONEDNN_DESCRIPTORS_H
#define LATENTD_ONEDNN_DESCRIPTORS_H

#include "availability.h"

#if LATENTD_HAS_ONEDNN

#if DNNL_VERSION_MAJOR == 2
typedef const dnnl_memory_desc_t *latentd_descriptor;
#else
typedef const_dnnl_memory_desc_t latentd_descriptor;
#endif

/// A convolution as oneDNN sees it; `any_weights` leaves the layout to the primitive.
typedef struct {
    latentd_descriptor input, output, bias, any_weights, plain_weights;
    dnnl_dims_t strides, dilates, pads_before, pads_after;
} latentd_problem;

/// Describes float32 memory. The caller destroys it.
dnnl_status_t latentd_descriptor_create(int rank, const dnnl_dims_t dimensions, dnnl_format_tag_t tag,
                                        latentd_descriptor *out);
/// NULL is allowed.
void latentd_descriptor_destroy(latentd_descriptor descriptor);

dnnl_status_t latentd_append_activation(dnnl_post_ops_t post_operations, dnnl_alg_kind_t kind, float slope);

/// Descriptors of the three primitives; `forward` is the forward one, as a hint.
dnnl_status_t latentd_describe_forward(dnnl_engine_t engine, const latentd_problem *problem,
                                       const_dnnl_primitive_attr_t attributes, dnnl_primitive_desc_t *out);
dnnl_status_t latentd_describe_backward_data(dnnl_engine_t engine, const latentd_problem *problem,
                                             const_dnnl_primitive_desc_t forward,
                                             const_dnnl_primitive_attr_t attributes, dnnl_primitive_desc_t *out);
dnnl_status_t latentd_describe_backward_weights(dnnl_engine_t engine, const latentd_problem *problem,
                                                const_dnnl_primitive_desc_t forward,
                                                const_dnnl_primitive_attr_t attributes, dnnl_primitive_desc_t *out);

#endif
#endif
