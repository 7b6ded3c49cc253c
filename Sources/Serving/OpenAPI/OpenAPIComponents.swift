import LatentSpace

/// What operations share: schemas of bodies, parameters, and the answers to whatever is wrong.
enum OpenAPIComponents {
    static let schemas = values.merging(requests) { first, _ in first }.merging(answers) { first, _ in first }
        .merging(training) { first, _ in first }.merging(inference) { first, _ in first }
        .merging(inferenceReports) { first, _ in first }

    private static let values: [String: JSONSchema] = [
        "Error": .object(
            [
                "error": .object(
                    [
                        "code": .string(pattern: "^[a-z0-9_]+$").described("A stable word for programs."),
                        "message": JSONSchema.string.described("One sentence for people."),
                        "parameter": JSONSchema.string.orNull.described(
                            "The place that is wrong, such as `latents[3]`."),
                        "request_id": .string,
                    ], required: ["code", "message", "request_id"])
            ], required: ["error"]),
        "Numbers": .array(.number, 1...(1 << 16)),
        "Pixels": JSONSchema.any(
            of: .array(.array(.number(0...1), 1...(1 << 16)), 1...(1 << 16)),
            .array(.array(.array(.number(0...1), 1...(1 << 16)), 1...(1 << 16)), 1...(1 << 16))
        ).described("Rows, planes of rows, or rows of pixels, of the model's size; 0 to 1."),
        "Picture": JSONSchema.object(["png": .string], required: ["png"], closed: true)
            .described("A PNG in base64, of the model's size unless `?resize=true`."),
        "Image": .any(of: .named("Pixels"), .named("Picture")),
        "SampleReference": .object(
            [
                "dataset": .string, "index": .integer(0...Int.max),
                "split": JSONSchema.choice(["train", "test"], default: "test").orNull,
            ], required: ["dataset", "index"], closed: true),
        "Point": JSONSchema.one(
            of: .object(["latent": .named("Numbers")], required: ["latent"], closed: true),
            .object(["image": .named("Image")], required: ["image"], closed: true),
            .object(["sample": .named("SampleReference")], required: ["sample"], closed: true),
            .object(["vector": .named("VectorName")], required: ["vector"], closed: true)
        ).described(
            "A place in latent space: numbers, an image (its posterior's mean), a dataset's, or a vector's name."),
        "VectorName": .string(pattern: "^[a-z0-9][a-z0-9._-]{0,63}$"),
        "PixelRows": JSONSchema.any(
            of: .array(.array(.number)), .array(.array(.array(.number)))
        ).described("Rows, or planes of rows where there are several channels."),
    ]

    private static let points = JSONSchema.array(.named("Point"), 1...OperationLimits.points)

    private static let requests: [String: JSONSchema] = [
        "DecodeRequest": .any(
            of: .object(["latents": .array(.named("Numbers"), 1...Limits.rows)], required: ["latents"], closed: true),
            .named("Point")),
        "EncodeRequest": images([
            "samples": JSONSchema.integer(1...1000).orNull, "seed": JSONSchema.integer(0...Int.max).orNull,
        ]),
        "ImagesRequest": images([:]),
        "InterpolateRequest": .one(
            of: path(["from": .named("Point"), "to": .named("Point")], ["from", "to"]),
            path(["through": .array(.named("Point"), 2...OperationLimits.points)], ["through"])),
        "TraverseRequest": .object(
            [
                "point": JSONSchema.named("Point").orNull,
                "dimension": JSONSchema.integer(0...Int.max, default: 0).orNull,
                "direction": JSONSchema.named("Numbers").orNull, "vector": JSONSchema.named("VectorName").orNull,
                "from": JSONSchema.number.orNull, "to": JSONSchema.number.orNull,
                "steps": JSONSchema.integer(1...OperationLimits.latents, default: 9).orNull,
                "spacing": JSONSchema.choice(
                    AxisSpacing.allCases.map(\.rawValue), default: AxisSpacing.uniform.rawValue
                ).orNull,
                "distances": JSONSchema.boolean.orNull,
            ], closed: true),
        "ArithmeticRequest": .object(
            [
                "terms": .array(
                    .object(
                        ["weight": JSONSchema.number.orNull, "point": .named("Point")], required: ["point"],
                        closed: true),
                    1...OperationLimits.points),
                "nearest": JSONSchema.integer(0...NearestRoute.limit, default: 5).orNull,
            ], required: ["terms"], closed: true),
        "SampleRequest": .object(
            [
                "count": JSONSchema.integer(1...OperationLimits.latents, default: 16).orNull,
                "seed": JSONSchema.integer(0...Int.max).orNull, "temperature": JSONSchema.number.orNull,
                "distances": JSONSchema.boolean.orNull,
            ], closed: true),
        "NearestRequest": .object(
            ["point": .named("Point"), "count": JSONSchema.integer(1...NearestRoute.limit, default: 5).orNull],
            required: ["point"], closed: true),
        "VectorRequest": .one(
            of: .object(["latent": .named("Numbers")], required: ["latent"], closed: true),
            .object(["from": points, "to": points], required: ["from", "to"], closed: true),
            .object(
                [
                    "dataset": .string, "split": JSONSchema.choice(["train", "test"], default: "test").orNull,
                    "label": .integer(0...255),
                ], required: ["dataset", "label"], closed: true)),
    ]

    private static func images(_ options: KeyValuePairs<String, JSONSchema>) -> JSONSchema {
        func form(_ name: String, _ schema: JSONSchema) -> JSONSchema {
            let members = [(name, schema)] + options.map { ($0.key, $0.value) }
            return .object(members, required: [name], closed: true)
        }
        return .one(
            of: form("images", .array(.named("Image"), 1...Limits.rows)), form("image", .named("Image")),
            form("sample", .named("SampleReference")))
    }

    private static func path(_ ends: KeyValuePairs<String, JSONSchema>, _ required: [String]) -> JSONSchema {
        let options: [(String, JSONSchema)] = [
            ("steps", JSONSchema.integer(2...OperationLimits.latents, default: 9).orNull),
            ("method", JSONSchema.choice(["linear", "slerp"]).orNull), ("distances", JSONSchema.boolean.orNull),
        ]
        return .object(ends.map { ($0.key, $0.value) } + options, required: required, closed: true)
    }
}
