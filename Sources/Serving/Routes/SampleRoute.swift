import HTTP
import LatentSpace

/// New images from the prior.
enum SampleRoute {
    static let endpoints = [
        Endpoint(
            method: .post, pattern: "/v1/models/{model}/sample", query: QueryFields.picture,
            summary: "Draws from the prior, decoded.",
            decoding: handle)
    ]

    private static func handle(
        _ request: Request, _ services: Services, _ decoding: CountedDecoding
    ) throws -> Response {
        let model = decoding.model
        let fields =
            request.body.isEmpty
            ? nil : try ModelInput.fields(request, allowed: ["count", "seed", "temperature", "distances"])
        let count = try fields?.integer("count", in: 1...OperationLimits.latents, default: 16) ?? 16
        let temperature = try fields?.float("temperature", default: 1) ?? 1
        let asked = try fields?.integer("seed", in: 0...Int.max, default: -1) ?? -1
        let seed = asked >= 0 ? UInt64(asked) : Seeds.fresh()
        try Limits.check(values: count, model.configuration.latentDimension, parameter: "count")
        try Limits.check(values: count, model.configuration.input.count, parameter: "count")
        let latents = try PriorSampler.sample(
            count: count, dimensions: model.configuration.latentDimension, seed: seed, temperature: temperature)
        return try PathRoutes.answer(
            latents, decoding, parameter: "count", distances: try fields?.flag("distances") ?? false
        ) { writer in
            writer.key("seed")
            writer.integer(Int(clamping: seed))
        }
    }
}
