import Foundation
import HTTP
import Tensors

/// From images to latents and back.
enum CodingRoutes {
    static let endpoints = [
        Endpoint(
            method: .post, pattern: "/v1/models/{model}/decode", access: .infer, bodyLimit: Limits.bulkBody,
            summary: "Latents to images: the likelihood's means.", handle: decode),
        Endpoint(
            method: .post, pattern: "/v1/models/{model}/encode", access: .infer, bodyLimit: Limits.bulkBody,
            summary: "Images to the posterior's mean and log-variance, with samples if asked for.", handle: encode),
    ]

    private static func decode(_ request: Request, _ services: Services) throws -> Response {
        let model = try services.model(request)
        let input = ModelInput(reader: PointReader(model, datasets: services.datasets), request: request)
        let latents = try input.latents()
        try ImageResult.check(count: latents.rows, of: model.configuration.input, for: request)
        let images = try Computation(model.autoencoder, for: request).decode(latents, parameter: "latents")
        return try ImageResult(images: images, request: request).response()
    }

    private static func encode(_ request: Request, _ services: Services) throws -> Response {
        let model = try services.model(request)
        let resizes = try QueryFields(request).flag("resize")
        let reader = PointReader(model, datasets: services.datasets, resizes: resizes)
        let (images, fields) = try ModelInput(reader: reader, request: request).images(options: ["samples", "seed"])
        let samples = try fields?.integer("samples", in: 1...1000, default: 0) ?? 0
        let seed = try fields?.integer("seed", in: 0...Int.max, default: -1) ?? -1
        try Limits.check(
            values: images.rows, samples, model.configuration.latentDimension, parameter: "samples")
        let (mean, logVariance) = try Computation(model.autoencoder, for: request).encode(images)

        if try MediaType.wanted(request, offered: [.json, .octets]) == .octets {
            return try ImageResult.octets(mean, name: "mean")
        }
        var writer = JSONWriter(capacity: 256 + mean.values.count * 24)
        writer.beginObject()
        for (key, tensor) in [("mean", mean), ("log_variance", logVariance)] {
            writer.key(key)
            try writer.floats(tensor.values[...], shape: tensor.shape.dimensions, name: key)
        }
        if samples > 0 {
            let seed = seed >= 0 ? UInt64(seed) : Seeds.fresh()
            writer.key("samples")
            let drawn = draw(samples, mean: mean, logVariance: logVariance, seed: seed)
            try writer.floats(drawn[...], shape: [mean.rows, samples, mean.rowLength], name: "samples")
            writer.key("seed")
            writer.integer(Int(clamping: seed))
        }
        writer.endObject()
        return .json(writer.bytes)
    }

    /// mean + exp(log_variance / 2) · ε, [rows, count, latent dimension]; row i depends on the seed and i only.
    private static func draw(_ count: Int, mean: Tensor, logVariance: Tensor, seed: UInt64) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(count * mean.values.count)
        for row in 0..<mean.rows {
            var random = RandomSource(seed: seed, stream: Seeds.posteriorStream(row))
            let deviations = logVariance.row(row).map { exp($0 / 2) }
            for _ in 0..<count {
                for (mean, deviation) in zip(mean.row(row), deviations) {
                    values.append(mean + deviation * random.normal())
                }
            }
        }
        return values
    }
}
