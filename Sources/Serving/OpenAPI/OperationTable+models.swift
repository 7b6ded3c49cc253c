import Checkpoints
import LatentSpace

/// What models there are, and everything that is asked of one.
extension OperationTable {
    private static func list(_ item: JSONSchema) -> Operation.Content {
        .json(.object(["data": .array(item)], required: ["data"]))
    }

    static let aboutModels: [String: Operation] = [
        "GET /v1/models": Operation(id: "listModels", gives: list(.named("ModelSummary"))),
        "GET /v1/models/{model}": Operation(id: "getModel", gives: .json(.named("Model"))),
        "GET /v1/models/{model}/metrics": Operation(id: "getCurves", gives: list(.named("EpochMetrics"))),
        "POST /v1/models/{model}/load": Operation(
            id: "loadModel", details: "A version that cannot be loaded leaves the one that is served, and says why.",
            takes: .json(.object([:], closed: true)).optional, gives: .json(.named("Model")), errors: [409, 503]),
        "POST /v1/models/{model}/unload": Operation(
            id: "unloadModel", takes: .json(.object([:], closed: true)).optional, gives: .json(.named("Model")),
            errors: [409]),
        "POST /v1/models/{model}/rollback": Operation(
            id: "rollBackModel",
            details: """
                Also after a restart, until a version is published that is newer than all there are now. A `version` \
                says which, and may be a later one, which takes a rollback back.
                """,
            takes: .json(.object(["version": JSONSchema.integer(1...ModelVersion.limit).orNull], closed: true))
                .optional,
            gives: .json(.named("Model")), errors: [409, 503]),
        "DELETE /v1/models/{model}/versions/{version}": Operation(
            id: "deleteVersion",
            details: "Requests that have the version finish with it. What comes with the program cannot be removed.",
            status: 204, errors: [409]),
        "GET /v1/models/{model}/vectors": Operation(id: "listVectors", gives: list(.named("Vector"))),
        "GET /v1/models/{model}/vectors/{vector}": Operation(id: "getVector", gives: .json(.named("Vector"))),
        "PUT /v1/models/{model}/vectors/{vector}": Operation(
            id: "putVector", details: "201 where it is new. It belongs to the version that is served.",
            takes: .json(
                .named("VectorRequest"), example: #"{"from": [{"latent": [-2, 0]}], "to": [{"latent": [2, 1]}]}"#),
            gives: .json(.named("Vector")), others: [(201, "It is new.")]),
        "DELETE /v1/models/{model}/vectors/{vector}": Operation(id: "deleteVector", status: 204),
        "GET /v1/models/{model}/map": Operation(
            id: "getMap",
            details: """
                Of more than two dimensions, the principal plane. As octets: the points, little-endian float32, then one byte a \
                label, 255 for none; X-Shape and X-Epoch say the rest.
                """,
            gives: .arrays(.named("Map"))),
        "GET /v1/models/{model}/weights": Operation(
            id: "getWeights",
            details: """
                The file `model.safetensors` of the checkpoint: named float32 tensors, little-endian. With the `configuration` of \
                the model they are the whole model.
                """,
            gives: .media("application/octet-stream")),
        "GET /v1/models/{model}/manifold.png": Operation(
            id: "getManifold", details: "Where there are more than two dimensions, the others are 0.",
            gives: .media("image/png")),
    ]

    private static let images = "{\"latents\": [[0.5, -1.2]]}"

    static let onModels: [String: Operation] = [
        "POST /v1/models/{model}/decode": Operation(
            id: "decode", details: "Values are 0 to 1. JSON leaves the channels out where there is one.",
            takes: .arrays(.named("DecodeRequest"), example: images), gives: pictures(.named("Images"))),
        "POST /v1/models/{model}/encode": Operation(
            id: "encode",
            details: """
                A PNG may hold many images side by side (`rows`, `columns`, `padding`). Octets and NPY give the mean alone.
                """,
            takes: .arrays(
                .named("EncodeRequest"), png: true,
                example: #"{"images": [{"png": "\#(picture)"}], "samples": 2, "seed": 7}"#),
            gives: .arrays(.named("Encoding"))),
        "POST /v1/models/{model}/reconstruct": Operation(
            id: "reconstruct", details: "Losses are in nats an image.",
            takes: .arrays(.named("ImagesRequest"), png: true, example: #"{"image": {"png": "\#(picture)"}}"#),
            gives: pictures(.named("Reconstruction"))),
        "POST /v1/models/{model}/interpolate": Operation(
            id: "interpolate", details: "Through two or more points, each part in `steps` latents with its ends.",
            takes: .json(
                .named("InterpolateRequest"),
                example: #"{"from": {"latent": [-2, 0]}, "to": {"latent": [2, 1]}, "steps": 3}"#),
            gives: pictures(.named("Path"))),
        "POST /v1/models/{model}/traverse": Operation(
            id: "traverse",
            details:
                "A dimension is set to the values of the range; multiples of a direction or vector are added to the point.",
            takes: .json(
                .named("TraverseRequest"),
                example: #"{"point": {"latent": [0.5, -1.2]}, "dimension": 1, "from": -1, "to": 1, "steps": 3}"#),
            gives: pictures(.named("Path"))),
        "POST /v1/models/{model}/arithmetic": Operation(
            id: "arithmetic", details: "The percentile is that of the sum's norm under the prior.",
            takes: .json(
                .named("ArithmeticRequest"),
                example: #"{"terms": [{"point": {"latent": [1, 0]}}, {"weight": -0.5, "point": {"latent": [0, 1]}}]}"#),
            gives: pictures(.named("Sum"))),
        "POST /v1/models/{model}/sample": Operation(
            id: "sample",
            takes: Operation.Content.json(.named("SampleRequest"), example: #"{"count": 2, "seed": 7}"#).optional,
            gives: pictures(.named("Path"))),
        "POST /v1/models/{model}/nearest": Operation(
            id: "nearest", details: "Distances are Euclidean, in latent units.",
            takes: .json(.named("NearestRequest"), example: #"{"point": {"latent": [0.5, -1.2]}, "count": 3}"#),
            gives: .json(.named("Nearest"))),
    ]

    private static func pictures(_ schema: JSONSchema) -> Operation.Content { .arrays(schema, png: true) }

    /// 28 x 28, black.
    static let picture =
        "iVBORw0KGgoAAAANSUhEUgAAABwAAAAcCAAAAABXZoBIAAAAEElEQVR42mNgGAWjYBQQAwADLAAB1wvpfAAAAABJRU5ErkJggg=="
}
