/// What an endpoint takes and gives, beside what its row of the route table says.
struct Operation: Sendable {
    /// A body in one or several forms.
    struct Content: Sendable {
        var media: [(type: String, schema: JSONSchema)]
        /// JSON that works against the bundled model.
        var example: String?
        var isRequired = true
        var headers: [String] = []

        static func json(_ schema: JSONSchema, example: String? = nil) -> Content {
            Content(media: [("application/json", schema)], example: example)
        }

        static func media(_ type: String, _ schema: JSONSchema = .binary) -> Content {
            Content(media: [(type, schema)])
        }

        /// JSON, or numbers by themselves.
        static func arrays(_ schema: JSONSchema, png: Bool = false, example: String? = nil) -> Content {
            var media: [(String, JSONSchema)] = [("application/json", schema)]
            if png { media.append(("image/png", .binary)) }
            media += [("application/octet-stream", octets), ("application/x-npy", .binary)]
            return Content(media: media, example: example)
        }

        // Header fields that only this form has; OpenAPI has no place for those of one form.
        private static let octets = JSONSchema.binary.described(
            "Numbers by themselves. X-Shape has the extents, such as 32,1,28,28; X-Dtype says f32, little-endian, or u8."
        )

        var optional: Content {
            var content = self
            content.isRequired = false
            return content
        }
    }

    let id: String
    var details = ""
    var takes: Content?
    /// The answer where all is well; without content it has no body.
    var gives: Content?
    var status = 200
    /// A model that the example is for.
    var model = "mnist-2d"
    /// Header fields that the request may have, of `OpenAPIComponents.headers`.
    var headers: [String] = []
    /// Statuses of its own beside those that follow from the row of the table.
    var errors: [Int] = []
    /// Other answers that are no errors, with their descriptions.
    var others: [(status: Int, description: String)] = []
}

/// Every endpoint's operation, by method and pattern. A test holds it against the route table, both ways.
enum OperationTable {
    static let operations = aboutModels.merging(onModels) { first, _ in first }.merging(aboutTraining) { first, _ in
        first
    }
    .merging(inference) { first, _ in first }.merging(aroundIt) { first, _ in first }

    static func operation(of endpoint: Endpoint) -> Operation? {
        operations["\(endpoint.method.rawValue) \(endpoint.pattern)"]
    }

    private static let aroundIt: [String: Operation] = [
        "GET /healthz": Operation(
            id: "isAlive", gives: .json(.object(["status": .choice(["ok"])], required: ["status"]))),
        "GET /readyz": Operation(
            id: "isReady", gives: .json(.object(["status": .choice(["ready"])], required: ["status"])), errors: [503]),
        "GET /metrics": Operation(id: "metrics", gives: .media("text/plain", .string)),
        "GET /openapi.json": Operation(
            id: "description", gives: .json(.object([:], required: ["openapi", "paths"]))),
    ]
}
