/// What comes back.
extension OpenAPIComponents {
    private static let place: [(String, JSONSchema)] = [
        ("norm", .any(of: .number(0...1e30), .array(.number(0...1e30)))),
        ("percentile", .any(of: .number(0...100), .array(.number(0...100)))),
    ]

    private static let images: (String, JSONSchema) = ("images", .array(.named("PixelRows")))
    private static let latents: (String, JSONSchema) = ("latents", .array(.array(.number)))
    private static let nearest: [(String, JSONSchema)] = [
        (
            "nearest",
            .array(
                .object(
                    ["index": .integer(0...Int.max), "label": JSONSchema.integer(0...255).orNull, "distance": .number],
                    required: ["index", "distance"]))
        ),
        ("distance", JSONSchema.number.orNull), ("typical_distance", JSONSchema.number.orNull),
        ("relative_distance", JSONSchema.number.orNull),
    ]

    static let answers: [String: JSONSchema] = [
        "ModelSummary": .object(summary, required: ["name", "version", "state"]),
        "Model": .object(
            summary + [
                ("configuration", .object([:])), ("provenance", JSONSchema.object([:]).orNull),
                ("metrics", JSONSchema.named("EpochMetrics").orNull), ("versions", .array(.integer(1...Int.max))),
                ("map_epochs", .array(.integer(0...Int.max))),
            ], required: ["name", "version", "state", "versions"]),
        "EpochMetrics": .object(
            [
                "epoch": .integer(1...Int.max), "train": .named("Losses"), "test": .named("Losses"),
                "validation": .named("Losses"), "seconds": .number, "images_per_second": .number,
            ], required: ["epoch", "train"]),
        "Losses": JSONSchema.object(
            ["reconstruction": .number, "kl": .number, "objective": .number, "negative_elbo": .number],
            required: ["reconstruction", "kl", "objective", "negative_elbo"]
        ).described("Means over images, in nats."),
        "Images": .object([images], required: ["images"]),
        "Encoding": .object(
            [
                "mean": .array(.array(.number)), "log_variance": .array(.array(.number)),
                "samples": .array(.array(.array(.number))), "seed": .integer(0...Int.max),
            ], required: ["mean", "log_variance"]),
        "Reconstruction": .object(
            [
                images, latents, ("reconstruction_loss", .array(.number)), ("kl_divergence", .array(.number)),
                ("elbo", .array(.number)),
            ], required: ["images", "latents", "reconstruction_loss", "kl_divergence", "elbo"]),
        "Path": .object(
            [images, latents] + place + [("seed", .integer(0...Int.max)), ("distance", .array(.number))],
            required: ["images", "latents", "norm", "percentile"]),
        "Sum": .object(
            [("latent", .array(.number)), ("image", .named("PixelRows"))] + place + nearest
                + [("nearest_unavailable", .string)],
            required: ["latent", "image", "norm", "percentile"]),
        "Nearest": .object(
            [("dataset", .string), ("split", .string), ("latent", .array(.number))] + place + nearest,
            required: ["dataset", "split", "latent", "nearest", "distance"]),
        "Vector": .object(
            [
                "name": .named("VectorName"), "object": .choice(["vector"]), "model": .string,
                "version": .integer(1...Int.max), "created_at": JSONSchema.string.orNull,
                "norm": JSONSchema.number.orNull,
                "origin": JSONSchema.object([:]).orNull, "latent": .array(.number),
            ], required: ["name", "object", "model", "version"]),
        "Map": map(of: "model"),
        "JobMap": map(of: "job"),
        "JobMapEntry": .object(
            ["epoch": .integer(1...Int.max), "created_at": .string], required: ["epoch", "created_at"]),
    ]

    private static func map(of owner: String) -> JSONSchema {
        .object(
            [
                (owner, .string), ("dataset", .string), ("split", .string), ("epoch", .integer(0...Int.max)),
                ("latent", .array(.array(.number, 2...2))), ("label", .array(JSONSchema.integer(0...255).orNull)),
                ("index", .array(.integer(0...Int.max))), ("values", .array(.number)),
                ("dimension_kl", .array(.number)),
            ], required: [owner, "dataset", "split", "epoch", "latent", "label", "index"])
    }

    private static let summary: [(String, JSONSchema)] = [
        ("name", .string), ("version", JSONSchema.integer(1...Int.max).orNull),
        ("state", .choice(["ready", "loading", "unloading", "unloaded", "failed"])), ("reason", .string),
        ("family", .string), ("input", .named("ImageShape")), ("latent_dimension", .integer(1...Int.max)),
        ("operations", .array(.string)), ("dataset", JSONSchema.string.orNull),
        ("parameter_count", .integer(0...Int.max)),
    ]
}
