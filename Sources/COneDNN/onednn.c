#include "descriptors.h"

#if LATENTD_HAS_ONEDNN

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "latentd_onednn.h"

// A tensor argument: its descriptor as a primitive chose it, and memory of ours where we own the data.
typedef struct {
    dnnl_memory_t memory;
    float *data;  // NULL where the caller's pointer is set for each call
    size_t count;
} argument;

struct latentd_convolution {
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_primitive_t forward, backward_data, backward_weights;
    dnnl_primitive_t load_forward, load_backward_data, collect;
    argument input, output, bias;
    argument plain_weights, forward_weights, backward_data_weights, weight_gradient;
    // oneDNN's own scratchpads are counted per thread, and a model may be released on another thread than it ran on.
    argument forward_scratchpad, backward_data_scratchpad, backward_weights_scratchpad;
    float *accumulated_gradient;
};

#define CHECK(call)                                    \
    do {                                               \
        dnnl_status_t status_ = (call);                \
        if (status_ != dnnl_success) return status_; \
    } while (0)

int latentd_onednn_version(void) {
    const dnnl_version_t *version = dnnl_version();
    return version->major * 10000 + version->minor * 100 + version->patch;
}

void latentd_onednn_use_one_thread(void) {
    static _Thread_local int is_done;
    if (is_done) return;
    is_done = 1;
    // Looked up, not linked: only oneDNN's build knows which OpenMP runtime it brings, if any.
    void (*set)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    if (set) set(1);
}

static dnnl_status_t make_argument(dnnl_engine_t engine, latentd_descriptor descriptor, int owned,
                                   argument *out) {
    size_t bytes = dnnl_memory_desc_get_size(descriptor);
    if (owned) {
        out->data = aligned_alloc(64, bytes < 64 ? 64 : (bytes + 63) / 64 * 64);
        if (!out->data) return dnnl_out_of_memory;
        memset(out->data, 0, bytes);
    }
    out->count = bytes / sizeof(float);
    return dnnl_memory_create(&out->memory, descriptor, engine, owned ? (void *)out->data : DNNL_MEMORY_NONE);
}

static void destroy_argument(argument *a) {
    if (a->memory) dnnl_memory_destroy(a->memory);
    free(a->data);
}

static dnnl_status_t make_reorder(dnnl_engine_t engine, latentd_descriptor from, latentd_descriptor to,
                                  dnnl_primitive_t *out) {
    dnnl_primitive_desc_t descriptor;
    CHECK(dnnl_reorder_primitive_desc_create(&descriptor, from, engine, to, engine, NULL));
    dnnl_status_t status = dnnl_primitive_create(out, descriptor);
    dnnl_primitive_desc_destroy(descriptor);
    return status;
}

static dnnl_status_t make_scratchpad(dnnl_engine_t engine, const_dnnl_primitive_desc_t descriptor, argument *out) {
    return make_argument(engine, dnnl_primitive_desc_query_md(descriptor, dnnl_query_scratchpad_md, 0), 1, out);
}

// Attributes of a primitive whose scratchpad is ours.
static dnnl_status_t make_attributes(dnnl_primitive_attr_t *out) {
    CHECK(dnnl_primitive_attr_create(out));
    return dnnl_primitive_attr_set_scratchpad_mode(*out, dnnl_scratchpad_mode_user);
}

static dnnl_status_t run_reorder(latentd_convolution *c, dnnl_primitive_t reorder, dnnl_memory_t from,
                                 dnnl_memory_t to) {
    dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
    return dnnl_primitive_execute(reorder, c->stream, 2, arguments);
}

static dnnl_status_t describe(const latentd_convolution_geometry *g, latentd_problem *p) {
    dnnl_dims_t input = {g->batch, g->input_channels, g->input_height, g->input_width};
    dnnl_dims_t output = {g->batch, g->output_channels, g->output_height, g->output_width};
    dnnl_dims_t weights = {g->output_channels, g->input_channels, g->kernel_height, g->kernel_width};
    dnnl_dims_t bias = {g->output_channels};
    CHECK(latentd_descriptor_create(4, input, dnnl_nhwc, &p->input));
    CHECK(latentd_descriptor_create(4, output, dnnl_nhwc, &p->output));
    CHECK(latentd_descriptor_create(1, bias, dnnl_a, &p->bias));
    CHECK(latentd_descriptor_create(4, weights, dnnl_format_tag_any, &p->any_weights));
    CHECK(latentd_descriptor_create(4, weights, dnnl_oihw, &p->plain_weights));
    p->strides[0] = g->stride_height, p->strides[1] = g->stride_width;
    p->dilates[0] = 0, p->dilates[1] = 0;
    p->pads_before[0] = g->pad_top, p->pads_before[1] = g->pad_left;
    p->pads_after[0] = g->pad_bottom, p->pads_after[1] = g->pad_right;
    return dnnl_success;
}

static void destroy_problem(latentd_problem *p) {
    latentd_descriptor descriptors[] = {p->input, p->output, p->bias, p->any_weights, p->plain_weights};
    for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++) latentd_descriptor_destroy(descriptors[i]);
}

static dnnl_status_t forward_descriptor(dnnl_engine_t engine, const latentd_problem *p,
                                        latentd_activation activation, float slope, dnnl_primitive_desc_t *out) {
    dnnl_primitive_attr_t attributes;
    dnnl_post_ops_t post_operations;
    CHECK(make_attributes(&attributes));
    CHECK(dnnl_post_ops_create(&post_operations));
    if (activation != LATENTD_ACTIVATION_NONE) {
        dnnl_alg_kind_t kind = activation == LATENTD_ACTIVATION_LEAKY_RELU ? dnnl_eltwise_relu
                               : activation == LATENTD_ACTIVATION_SIGMOID  ? dnnl_eltwise_logistic
                                                                           : dnnl_eltwise_tanh;
        CHECK(latentd_append_activation(post_operations, kind, slope));
        CHECK(dnnl_primitive_attr_set_post_ops(attributes, post_operations));
    }
    dnnl_status_t status = latentd_describe_forward(engine, p, attributes, out);
    dnnl_post_ops_destroy(post_operations);
    dnnl_primitive_attr_destroy(attributes);
    return status;
}

static dnnl_status_t create_forward(latentd_convolution *c, const latentd_problem *p, dnnl_primitive_desc_t descriptor) {
    CHECK(dnnl_primitive_create(&c->forward, descriptor));
    latentd_descriptor weights = dnnl_primitive_desc_query_md(descriptor, dnnl_query_weights_md, 0);
    CHECK(make_argument(c->engine, weights, 1, &c->forward_weights));
    CHECK(make_scratchpad(c->engine, descriptor, &c->forward_scratchpad));
    return make_reorder(c->engine, p->plain_weights, weights, &c->load_forward);
}

static dnnl_status_t create_backward_data(latentd_convolution *c, const latentd_problem *p, dnnl_primitive_desc_t hint) {
    dnnl_primitive_attr_t attributes;
    CHECK(make_attributes(&attributes));
    dnnl_primitive_desc_t descriptor;
    dnnl_status_t status = latentd_describe_backward_data(c->engine, p, hint, attributes, &descriptor);
    dnnl_primitive_attr_destroy(attributes);
    if (status) return status;
    status = dnnl_primitive_create(&c->backward_data, descriptor);
    if (!status) status = make_scratchpad(c->engine, descriptor, &c->backward_data_scratchpad);
    latentd_descriptor weights = dnnl_primitive_desc_query_md(descriptor, dnnl_query_weights_md, 0);
    if (!status) status = make_argument(c->engine, weights, 1, &c->backward_data_weights);
    if (!status) status = make_reorder(c->engine, p->plain_weights, weights, &c->load_backward_data);
    dnnl_primitive_desc_destroy(descriptor);
    return status;
}

static dnnl_status_t create_backward_weights(latentd_convolution *c, const latentd_problem *p, dnnl_primitive_desc_t hint) {
    dnnl_primitive_attr_t attributes;
    CHECK(make_attributes(&attributes));
    dnnl_primitive_desc_t descriptor;
    dnnl_status_t status = latentd_describe_backward_weights(c->engine, p, hint, attributes, &descriptor);
    dnnl_primitive_attr_destroy(attributes);
    if (status) return status;
    status = dnnl_primitive_create(&c->backward_weights, descriptor);
    if (!status) status = make_scratchpad(c->engine, descriptor, &c->backward_weights_scratchpad);
    latentd_descriptor gradient = dnnl_primitive_desc_query_md(descriptor, dnnl_query_diff_weights_md, 0);
    if (!status) status = make_argument(c->engine, gradient, 1, &c->weight_gradient);
    if (!status) status = make_reorder(c->engine, gradient, p->plain_weights, &c->collect);
    if (!status) {
        c->accumulated_gradient = calloc(c->weight_gradient.count, sizeof(float));
        if (!c->accumulated_gradient) status = dnnl_out_of_memory;
    }
    dnnl_primitive_desc_destroy(descriptor);
    return status;
}

static dnnl_status_t create_primitives(latentd_convolution *c, const latentd_problem *p, int which,
                                       latentd_activation activation, float slope) {
    CHECK(make_argument(c->engine, p->input, 0, &c->input));
    CHECK(make_argument(c->engine, p->output, 0, &c->output));
    CHECK(make_argument(c->engine, p->bias, 0, &c->bias));
    CHECK(make_argument(c->engine, p->plain_weights, 0, &c->plain_weights));
    dnnl_primitive_desc_t hint;
    CHECK(forward_descriptor(c->engine, p, activation, slope, &hint));
    dnnl_status_t status = dnnl_success;
    if (which & LATENTD_CONVOLUTION_FORWARD) status = create_forward(c, p, hint);
    if (!status && which & LATENTD_CONVOLUTION_BACKWARD_DATA) status = create_backward_data(c, p, hint);
    if (!status && which & LATENTD_CONVOLUTION_BACKWARD_WEIGHTS) status = create_backward_weights(c, p, hint);
    dnnl_primitive_desc_destroy(hint);
    return status;
}

static dnnl_status_t create(latentd_convolution *c, const latentd_convolution_geometry *g, int which,
                            latentd_activation activation, float slope) {
    CHECK(dnnl_engine_create(&c->engine, dnnl_cpu, 0));
    CHECK(dnnl_stream_create(&c->stream, c->engine, dnnl_stream_default_flags));
    latentd_problem problem = {0};
    dnnl_status_t status = describe(g, &problem);
    if (!status) status = create_primitives(c, &problem, which, activation, slope);
    destroy_problem(&problem);
    return status;
}

int latentd_convolution_create(const latentd_convolution_geometry *geometry, int which,
                               latentd_activation activation, float slope, latentd_convolution **out) {
    *out = NULL;
    latentd_convolution *c = calloc(1, sizeof *c);
    if (!c) return dnnl_out_of_memory;
    dnnl_status_t status = create(c, geometry, which, activation, slope);
    if (status) {
        latentd_convolution_destroy(c);
        return status;
    }
    *out = c;
    return 0;
}

void latentd_convolution_destroy(latentd_convolution *c) {
    if (!c) return;
    dnnl_primitive_t primitives[] = {c->forward,      c->backward_data,      c->backward_weights,
                                     c->load_forward, c->load_backward_data, c->collect};
    for (size_t i = 0; i < sizeof primitives / sizeof *primitives; i++)
        if (primitives[i]) dnnl_primitive_destroy(primitives[i]);
    argument *arguments[] = {&c->input,           &c->output,
                             &c->bias,            &c->plain_weights,
                             &c->forward_weights, &c->backward_data_weights,
                             &c->weight_gradient,
                             &c->forward_scratchpad,
                             &c->backward_data_scratchpad,
                             &c->backward_weights_scratchpad};
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++) destroy_argument(arguments[i]);
    free(c->accumulated_gradient);
    if (c->stream) dnnl_stream_destroy(c->stream);
    if (c->engine) dnnl_engine_destroy(c->engine);
    free(c);
}

int latentd_convolution_load(latentd_convolution *c, const float *weights) {
    CHECK(dnnl_memory_set_data_handle(c->plain_weights.memory, (void *)weights));
    if (c->forward) CHECK(run_reorder(c, c->load_forward, c->plain_weights.memory, c->forward_weights.memory));
    if (c->backward_data)
        CHECK(run_reorder(c, c->load_backward_data, c->plain_weights.memory, c->backward_data_weights.memory));
    return 0;
}

int latentd_convolution_forward(latentd_convolution *c, const float *input, const float *bias, float *output) {
    if (!c->forward) return dnnl_invalid_arguments;
    CHECK(dnnl_memory_set_data_handle(c->input.memory, (void *)input));
    CHECK(dnnl_memory_set_data_handle(c->bias.memory, (void *)bias));
    CHECK(dnnl_memory_set_data_handle(c->output.memory, output));
    dnnl_exec_arg_t arguments[] = {{DNNL_ARG_SRC, c->input.memory},
                                   {DNNL_ARG_WEIGHTS, c->forward_weights.memory},
                                   {DNNL_ARG_BIAS, c->bias.memory},
                                   {DNNL_ARG_DST, c->output.memory},
                                   {DNNL_ARG_SCRATCHPAD, c->forward_scratchpad.memory}};
    return dnnl_primitive_execute(c->forward, c->stream, 5, arguments);
}

int latentd_convolution_backward_data(latentd_convolution *c, const float *output_gradient, float *input_gradient) {
    if (!c->backward_data) return dnnl_invalid_arguments;
    CHECK(dnnl_memory_set_data_handle(c->output.memory, (void *)output_gradient));
    CHECK(dnnl_memory_set_data_handle(c->input.memory, input_gradient));
    dnnl_exec_arg_t arguments[] = {{DNNL_ARG_DIFF_DST, c->output.memory},
                                   {DNNL_ARG_WEIGHTS, c->backward_data_weights.memory},
                                   {DNNL_ARG_DIFF_SRC, c->input.memory},
                                   {DNNL_ARG_SCRATCHPAD, c->backward_data_scratchpad.memory}};
    return dnnl_primitive_execute(c->backward_data, c->stream, 4, arguments);
}

int latentd_convolution_backward_weights(latentd_convolution *c, const float *input, const float *output_gradient) {
    if (!c->backward_weights) return dnnl_invalid_arguments;
    CHECK(dnnl_memory_set_data_handle(c->input.memory, (void *)input));
    CHECK(dnnl_memory_set_data_handle(c->output.memory, (void *)output_gradient));
    dnnl_exec_arg_t arguments[] = {{DNNL_ARG_SRC, c->input.memory},
                                   {DNNL_ARG_DIFF_DST, c->output.memory},
                                   {DNNL_ARG_DIFF_WEIGHTS, c->weight_gradient.memory},
                                   {DNNL_ARG_SCRATCHPAD, c->backward_weights_scratchpad.memory}};
    CHECK(dnnl_primitive_execute(c->backward_weights, c->stream, 4, arguments));
    for (size_t i = 0; i < c->weight_gradient.count; i++) c->accumulated_gradient[i] += c->weight_gradient.data[i];
    return 0;
}

int latentd_convolution_collect(latentd_convolution *c, float *weight_gradient) {
    if (!c->backward_weights) return dnnl_invalid_arguments;
    size_t bytes = c->weight_gradient.count * sizeof(float);
    memcpy(c->weight_gradient.data, c->accumulated_gradient, bytes);
    memset(c->accumulated_gradient, 0, bytes);
    CHECK(dnnl_memory_set_data_handle(c->plain_weights.memory, weight_gradient));
    return run_reorder(c, c->collect, c->weight_gradient.memory, c->plain_weights.memory);
}

int latentd_matrix_product(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, const float *a,
                           int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc) {
    return dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
}

#endif
