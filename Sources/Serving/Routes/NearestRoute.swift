import HTTP
import LatentSpace
import Tensors

/// What of the data lies around a place in latent space.
enum NearestRoute {
    static let endpoints = [
        Endpoint(
            method: .post, pattern: "/v1/models/{model}/nearest", access: .infer, query: QueryFields.points,
            summary: "The encoded samples nearest to a point.", handle: handle)
    ]

    /// Neighbours that one request may ask for.
    static let limit = 100

    private static func handle(_ request: Request, _ services: Services) throws -> Response {
        let model = try services.model(request)
        let fields = try ModelInput.fields(request, allowed: ["point", "count"])
        guard let node = fields["point"] else { throw ServiceError.missing("point", "a point") }
        let count = try fields.integer("count", in: 1...limit, default: 5)
        let reader = try services.reader(of: model, for: request)
        let samples = try EncodedSamples(of: model)
        let latent = try reader.points([(node, "point")], of: fields.document)[0]
        let neighbours = try samples.nearest(latent, count: count)
        let norm = PriorNorm.norm(latent)

        var writer = JSONWriter(capacity: 512 + count * 64)
        writer.beginObject()
        for (key, text) in [("dataset", samples.map.dataset), ("split", samples.map.split)] {
            writer.key(key)
            writer.string(text)
        }
        writer.key("latent")
        try writer.floats(latent[...], shape: [latent.count], name: "latent")
        try writer.optional("norm", norm)
        try writer.optional(
            "percentile", 100 * PriorNorm.cumulativeProbability(norm: norm, dimensions: latent.count))
        try samples.write(neighbours, &writer)
        writer.endObject()
        return .json(writer.bytes)
    }
}
