import HTTP

/// Tensors through a model.
enum InferRoute {
    static let codings: [ContentCoding] = [.gzip, .deflate]

    static let endpoints = ["/v2/models/{model}/infer", "/v2/models/{model}/versions/{version}/infer"].map {
        Endpoint(
            method: .post, pattern: $0, access: .infer, bodyLimit: Limits.bulkBody, seesToCodings: true,
            summary: "Tensors through a model, as JSON or as bytes.", work: InferWork.self)
    }
}
