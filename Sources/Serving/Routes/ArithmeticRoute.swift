import Checkpoints
import HTTP
import LatentSpace
import Tensors

/// Weighted sums of points: "this one, minus that one, plus that".
enum ArithmeticRoute {
    static let endpoints = [
        Endpoint(
            method: .post, pattern: "/v1/models/{model}/arithmetic",
            query: QueryFields.picture + QueryFields.points,
            summary: "A weighted sum of points, decoded, and where it lies.", decoding: handle)
    ]

    private static func handle(
        _ request: Request, _ services: Services, _ decoding: CountedDecoding
    ) throws -> Response {
        let model = decoding.model
        let body = try ModelInput.fields(request, allowed: ["terms", "nearest"])
        guard let terms = try body.objects("terms", limit: OperationLimits.points) else {
            throw ServiceError.missing("terms", "an array of weights and points")
        }
        guard !terms.isEmpty else { throw ServiceError.outOfRange("terms", actual: "empty", expected: "at least one") }
        let nearest = try body.integer("nearest", in: 0...NearestRoute.limit, default: 5)
        var weights: [Float] = []
        var nodes: [(node: JSONNode, path: String)] = []
        for (node, path) in terms {
            let term = try Fields.object(node, of: body.document, path: path)
            try term.allow(["weight", "point"])
            weights.append(try term.float("weight", default: 1))
            guard let point = term["point"] else { throw ServiceError.missing(term.path(of: "point"), "a point") }
            nodes.append((point, term.path(of: "point")))
        }
        try ImageResult.check(count: 1, of: model.configuration.input, for: request)
        let points = try services.reader(of: model, for: request).points(nodes, of: body.document)
        let sum = try LatentArithmetic.sum(
            zip(weights, points).map { LatentArithmetic.Term(weight: $0, point: $1) })
        let latent = try Tensor(shape: [1, sum.latent.count], values: sum.latent)
        let images = try decoding.decode(latent, parameter: "terms")

        guard try MediaType.wanted(request, offered: ImageResult.offered) == .json else {
            return try ImageResult(images: images, request: request).response()
        }
        var writer = JSONWriter(capacity: 512 + images.values.count * 11)
        writer.beginObject()
        writer.key("latent")
        try writer.floats(sum.latent[...], shape: [sum.latent.count], name: "latent")
        writer.key("image")
        try writer.floats(images.values[...], shape: Array(ImageResult.rowsShape(images).dropFirst()), name: "image")
        writer.key("norm")
        try writer.number(sum.norm, name: "norm")
        writer.key("percentile")
        try writer.number(sum.priorPercentile, name: "percentile")
        if nearest > 0 { try samples(of: model, near: sum.latent, count: nearest, &writer) }
        writer.endObject()
        return .json(writer.bytes)
    }

    /// A model without a map can be asked for sums as well; why their place among the data is not told is said.
    private static func samples(
        of model: ServedModel, near latent: [Float], count: Int, _ writer: inout JSONWriter
    ) throws {
        do {
            let samples = try EncodedSamples(of: model)
            try samples.write(try samples.nearest(latent, count: count), &writer)
        } catch let absence as MapAbsence {
            writer.key("nearest")
            writer.beginArray()
            writer.endArray()
            writer.key("nearest_unavailable")
            writer.string("\(absence)")
        }
    }
}
