#include "descriptors.h"

#if LATENTD_HAS_ONEDNN && DNNL_VERSION_MAJOR == 3

#include <stddef.h>

dnnl_status_t latentd_descriptor_create(int rank, const dnnl_dims_t dimensions, dnnl_format_tag_t tag,
                                        latentd_descriptor *out) {
    dnnl_memory_desc_t descriptor = NULL;
    dnnl_status_t status = dnnl_memory_desc_create_with_tag(&descriptor, rank, dimensions, dnnl_f32, tag);
    *out = descriptor;
    return status;
}

void latentd_descriptor_destroy(latentd_descriptor descriptor) {
    if (descriptor) dnnl_memory_desc_destroy((dnnl_memory_desc_t)descriptor);
}

dnnl_status_t latentd_append_activation(dnnl_post_ops_t post_operations, dnnl_alg_kind_t kind, float slope) {
    return dnnl_post_ops_append_eltwise(post_operations, kind, slope, 0);
}

dnnl_status_t latentd_describe_forward(dnnl_engine_t engine, const latentd_problem *p,
                                       const_dnnl_primitive_attr_t attributes, dnnl_primitive_desc_t *out) {
    return dnnl_convolution_forward_primitive_desc_create(
        out, engine, dnnl_forward_training, dnnl_convolution_direct, p->input, p->any_weights, p->bias, p->output,
        p->strides, p->dilates, p->pads_before, p->pads_after, attributes);
}

dnnl_status_t latentd_describe_backward_data(dnnl_engine_t engine, const latentd_problem *p,
                                             const_dnnl_primitive_desc_t forward,
                                             const_dnnl_primitive_attr_t attributes, dnnl_primitive_desc_t *out) {
    return dnnl_convolution_backward_data_primitive_desc_create(
        out, engine, dnnl_convolution_direct, p->input, p->any_weights, p->output, p->strides, p->dilates,
        p->pads_before, p->pads_after, forward, attributes);
}

dnnl_status_t latentd_describe_backward_weights(dnnl_engine_t engine, const latentd_problem *p,
                                                const_dnnl_primitive_desc_t forward,
                                                const_dnnl_primitive_attr_t attributes, dnnl_primitive_desc_t *out) {
    return dnnl_convolution_backward_weights_primitive_desc_create(
        out, engine, dnnl_convolution_direct, p->input, p->any_weights, NULL, p->output, p->strides, p->dilates,
        p->pads_before, p->pads_after, forward, attributes);
}

#endif
