import Autoencoders
import Checkpoints
import Foundation
import HTTP
import Kernels
import Tensors

/// From images to latents and back.
enum CodingRoutes {
    static let endpoints = [
        Endpoint(
            method: .post, pattern: "/v1/models/{model}/decode", access: .infer,
            query: QueryFields.picture + QueryFields.points, bodyLimit: Limits.bulkBody,
            summary: "Latents to images: the likelihood's means.", work: DecodeWork.self),
        Endpoint(
            method: .post, pattern: "/v1/models/{model}/encode", access: .infer,
            query: ["format", "rows", "columns", "padding"] + QueryFields.points, bodyLimit: Limits.bulkBody,
            summary: "Images to the posterior's mean and log-variance, with samples if asked for.",
            work: EncodeWork.self),
    ]
}

struct DecodeWork: ModelWork {
    let model: ServedModel
    let rows: Tensor
    private let request: Request

    static func target(of request: Request, _ services: Services) throws -> ModelTarget {
        try services.target(.decode, of: request)
    }

    init(_ request: Request, of target: ModelTarget, _ services: Services) throws {
        (self.request, model) = (request, target.model)
        let reader = try services.reader(of: model, for: request)
        rows = try ModelInput(reader: reader, request: request).latents()
        try ImageResult.check(count: rows.rows, of: model.configuration.input, for: request)
    }

    func output() throws -> Tensor {
        try Computation(model.autoencoder, for: request).decode(rows, parameter: "latents")
    }

    func outputs(of rows: Tensor, counts: [Int], proceed: @escaping Autoencoder.Proceeding) throws -> [Tensor] {
        try model.autoencoder.decode(
            rows, onOneWorker: true, owner: WorkOwner(request.turn), proceed: proceed
        ).split(counts)
    }

    func response(_ images: Tensor) throws -> Response { try ImageResult(images: images, request: request).response() }
}

struct EncodeWork: ModelWork {
    let model: ServedModel
    let rows: Tensor
    private let request: Request
    private let samples: Int
    /// Negative where none was given.
    private let seed: Int

    static func target(of request: Request, _ services: Services) throws -> ModelTarget {
        try services.target(.encode, of: request)
    }

    init(_ request: Request, of target: ModelTarget, _ services: Services) throws {
        (self.request, model) = (request, target.model)
        let reader = try services.reader(of: model, for: request)
        let (images, fields) = try ModelInput(reader: reader, request: request).images(options: ["samples", "seed"])
        rows = images
        samples = try fields?.integer("samples", in: 1...1000, default: 0) ?? 0
        seed = try fields?.integer("seed", in: 0...Int.max, default: -1) ?? -1
        try Limits.check(
            values: images.rows, max(1, samples), model.configuration.latentDimension, parameter: "samples")
    }

    func output() throws -> Encoding { try Computation(model.autoencoder, for: request).encode(rows) }

    func outputs(of rows: Tensor, counts: [Int], proceed: @escaping Autoencoder.Proceeding) throws -> [Encoding] {
        let encoding = try model.autoencoder.encode(
            rows, onOneWorker: true, owner: WorkOwner(request.turn), proceed: proceed)
        return zip(try encoding.mean.split(counts), try encoding.logVariance.split(counts)).map {
            Encoding(mean: $0, logVariance: $1)
        }
    }

    func response(_ encoding: Encoding) throws -> Response {
        let (mean, logVariance) = (encoding.mean, encoding.logVariance)
        let type = try MediaType.wanted(request, offered: [.json, .octets, .npy])
        if type != .json { return try ImageResult.numbers(mean, as: type, name: "mean") }
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
    private func draw(_ count: Int, mean: Tensor, logVariance: Tensor, seed: UInt64) -> [Float] {
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
