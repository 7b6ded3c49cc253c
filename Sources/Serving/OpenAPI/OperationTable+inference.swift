/// The Open Inference Protocol. What it adds to a model's name, `.encode`, `.decode` or `.reconstruct`, says what is asked.
extension OperationTable {
    static let inference: [String: Operation] = {
        var table: [String: Operation] = [
            "GET /v2/health/live": Operation(
                id: "oipIsAlive", gives: .json(.object(["live": .boolean], required: ["live"]))),
            "GET /v2/health/ready": Operation(
                id: "oipIsReady",
                gives: .json(.object(["live": .boolean, "ready": .boolean], required: ["live", "ready"])),
                errors: [503]),
            "GET /v2": server("oipServer"),
            "GET /v2/": server("oipServerToo"),
            "GET /v2/models": Operation(
                id: "oipModels", gives: .json(.object(["models": .array(.string)], required: ["models"]))),
            "GET /v2/models/stats": statistics("oipAllStatistics"),
            "GET /v2/repository/index": Operation(id: "oipIndex", gives: .json(.array(.named("RepositoryEntry")))),
            "POST /v2/repository/index": Operation(
                id: "oipReadyIndex",
                takes: Operation.Content.json(
                    .object(["ready": JSONSchema.boolean.orNull]), example: #"{"ready": true}"#
                )
                .optional,
                gives: .json(.array(.named("RepositoryEntry")))),
        ]
        // Nothing of what an unload is sent is read.
        for (verb, body) in [("load", JSONSchema.named("RepositoryRequest")), ("unload", .object([:]))] {
            table["POST /v2/repository/models/{model}/\(verb)"] = Operation(
                id: "oip\(verb.capitalized)", takes: Operation.Content.json(body).optional,
                gives: .json(.object([:])), errors: [409, 503])
        }
        for (path, suffix) in [("", ""), ("/versions/{version}", "OfVersion")] {
            let base = "/v2/models/{model}\(path)"
            table["GET \(base)"] = Operation(id: "oipModel\(suffix)", gives: .json(.named("InferenceMetadata")))
            table["GET \(base)/ready"] = Operation(
                id: "oipModelIsReady\(suffix)",
                gives: .json(.object(["name": .string, "ready": .boolean], required: ["name", "ready"])))
            table["GET \(base)/config"] = Operation(
                id: "oipConfiguration\(suffix)", gives: .json(.named("InferenceConfiguration")))
            table["GET \(base)/stats"] = statistics("oipStatistics\(suffix)")
            table["POST \(base)/infer"] = Operation(
                id: "infer\(suffix)",
                details: """
                    JSON, or a JSON head of Inference-Header-Content-Length bytes with the tensors' bytes behind it; gzip and \
                    deflate both ways. Wrong input is 400.
                    """,
                takes: Operation.Content(
                    media: [("application/json", .named("InferenceRequest")), ("application/octet-stream", .binary)],
                    example: """
                        {"inputs": [{"name": "latent", "shape": [1, 2], "datatype": "FP32", \
                        "data": [0.5, -1.2]}]}
                        """),
                gives: Operation.Content(
                    media: [("application/json", .named("InferenceResponse")), ("application/octet-stream", .binary)]),
                model: "mnist-2d.decode", headers: ["Inference-Header-Content-Length"])
        }
        return table
    }()

    private static func server(_ id: String) -> Operation {
        Operation(
            id: id,
            gives: .json(
                .object(
                    ["name": .string, "version": .string, "extensions": .array(.string)],
                    required: ["name", "version", "extensions"])))
    }

    private static func statistics(_ id: String) -> Operation {
        Operation(
            id: id,
            gives: .json(
                .object(["model_stats": .array(.named("InferenceStatistics"))], required: ["model_stats"])))
    }
}
