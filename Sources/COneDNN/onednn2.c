#include "descriptors.h"

#if LATENTD_HAS_ONEDNN && DNNL_VERSION_MAJOR == 2

#include <stdlib.h>

dnnl_status_t latentd_descriptor_create(int rank, const dnnl_dims_t dimensions, dnnl_format_tag_t tag,
                                        latentd_descriptor *out) {
    dnnl_memory_desc_t *descriptor = malloc(sizeof *descriptor);
    *out = descriptor;
    if (!descriptor) return dnnl_out_of_memory;
    return dnnl_memory_desc_init_by_tag(descriptor, rank, dimensions, dnnl_f32, tag);
}

void latentd_descriptor_destroy(latentd_descriptor descriptor) { free((void *)descriptor); }

dnnl_status_t latentd_append_activation(dnnl_post_ops_t post_operations, dnnl_alg_kind_t kind, float slope) {
    return dnnl_post_ops_append_eltwise(post_operations, 1, kind, slope, 0);
}

dnnl_status_t latentd_describe_forward(dnnl_engine_t engine, const latentd_problem *p,
                                       const_dnnl_primitive_attr_t attributes, dnnl_primitive_desc_t *out) {
    dnnl_convolution_desc_t operation;
    dnnl_status_t status = dnnl_dilated_convolution_forward_desc_init(
        &operation, dnnl_forward_training, dnnl_convolution_direct, p->input, p->any_weights, p->bias, p->output,
        p->strides, p->dilates, p->pads_before, p->pads_after);
    return status ? status : dnnl_primitive_desc_create(out, &operation, attributes, engine, NULL);
}

dnnl_status_t latentd_describe_backward_data(dnnl_engine_t engine, const latentd_problem *p,
                                             const_dnnl_primitive_desc_t forward,
                                             const_dnnl_primitive_attr_t attributes, dnnl_primitive_desc_t *out) {
    dnnl_convolution_desc_t operation;
    dnnl_status_t status = dnnl_dilated_convolution_backward_data_desc_init(
        &operation, dnnl_convolution_direct, p->input, p->any_weights, p->output, p->strides, p->dilates,
        p->pads_before, p->pads_after);
    return status ? status : dnnl_primitive_desc_create(out, &operation, attributes, engine, forward);
}

dnnl_status_t latentd_describe_backward_weights(dnnl_engine_t engine, const latentd_problem *p,
                                                const_dnnl_primitive_desc_t forward,
                                                const_dnnl_primitive_attr_t attributes, dnnl_primitive_desc_t *out) {
    dnnl_convolution_desc_t operation;
    dnnl_status_t status = dnnl_dilated_convolution_backward_weights_desc_init(
        &operation, dnnl_convolution_direct, p->input, p->any_weights, NULL, p->output, p->strides, p->dilates,
        p->pads_before, p->pads_after);
    return status ? status : dnnl_primitive_desc_create(out, &operation, attributes, engine, forward);
}

#endif
