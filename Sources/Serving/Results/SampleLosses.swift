import Autoencoders
import Checkpoints
import Datasets
import Foundation
import HTTP

/// What a model makes of the images of its map: both parts of the loss, worked out once a version.
struct SampleLosses: Sendable {
    enum Part: String, CaseIterable {
        /// Negative log-likelihood at the posterior's mean, in nats an image.
        case loss
        /// KL divergence of the posterior from the prior, in nats an image.
        case kl
    }

    private(set) var reconstruction: [Double] = []
    private(set) var divergence: [Double] = []
    /// The divergence of each latent dimension, the mean over the images.
    private(set) var dimensions: [Double]

    func values(_ part: Part) -> [Double] {
        switch part {
        case .loss: reconstruction
        case .kl: divergence
        }
    }

    /// The losses of the model's latest map. Takes as long as its images take to go through the model, the first time.
    static func of(
        _ map: LatentMap, _ model: ServedModel, _ request: Request, _ services: Services
    ) throws -> SampleLosses {
        try model.derived.value { try SampleLosses(map, model, request, services) }
    }

    private init(_ map: LatentMap, _ model: ServedModel, _ request: Request, _ services: Services) throws {
        let reader = try services.reader(of: model, for: request)
        guard let part = Dataset.Part(rawValue: map.split) else {
            throw ServiceError.impossible(
                "split_not_found", "The map is of a split '\(map.split.prefix(64))'.", "values")
        }
        let split = try reader.split(part, of: map.dataset, parameter: "values")
        let indices = map.indices ?? Array(0..<map.latents.rows)
        let computation = Computation(model.autoencoder, for: request)
        dimensions = [Double](repeating: 0, count: model.configuration.latentDimension)
        for start in stride(from: 0, to: indices.count, by: Self.part) {
            let part = indices[start..<min(start + Self.part, indices.count)]
            let pixels: [Float]
            do throws(DatasetError) { pixels = try PointReader.pixels(split, part) } catch {
                throw ServiceError(error, parameter: "values")
            }
            add(try computation.reconstruct(try reader.tensor(pixels, count: part.count)))
        }
        for index in dimensions.indices { dimensions[index] /= Double(max(1, indices.count)) }
    }

    private static let part = 512

    private mutating func add(_ result: Reconstruction) {
        reconstruction += result.reconstructionLosses
        divergence += result.divergences
        let (means, logVariances) = (result.encoding.mean.values, result.encoding.logVariance.values)
        for place in means.indices {
            let (mean, logVariance) = (Double(means[place]), Double(logVariances[place]))
            dimensions[place % dimensions.count] += 0.5 * (mean * mean + exp(logVariance) - 1 - logVariance)
        }
    }
}
