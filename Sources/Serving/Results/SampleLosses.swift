import Autoencoders
import Checkpoints
import Datasets
import Foundation
import HTTP
import Tensors

/// What a model makes of the images of its map: both parts of the loss.
struct SampleLosses: Sendable {
    enum Part: String, CaseIterable {
        /// Negative log-likelihood at the posterior's mean, in nats an image.
        case loss
        /// KL divergence of the posterior from the prior, in nats an image.
        case kl
    }

    private(set) var reconstruction: [Double] = []
    private(set) var divergence: [Double] = []
    /// Of each latent dimension, the sum over the images.
    private var divergences: [Double]

    init(dimensions: Int) { divergences = [Double](repeating: 0, count: dimensions) }

    var count: Int { reconstruction.count }

    /// The divergence of each latent dimension, the mean over the images.
    var dimensions: [Double] { divergences.map { $0 / Double(max(1, count)) } }

    func values(_ part: Part) -> [Double] {
        switch part {
        case .loss: reconstruction
        case .kl: divergence
        }
    }

    /// Adds the losses of the map's next images, as many as one result may hold.
    ///
    /// The images are those that the map was made of, or they are refused: their means are the map's latents.
    mutating func add(_ source: SampleSource, _ computation: Computation) throws {
        let result = try computation.reconstruct(try source.images(from: count))
        let (means, logVariances) = (result.encoding.mean.values, result.encoding.logVariance.values)
        let first = count * divergences.count
        for place in means.indices {
            guard Self.isClose(means[place], source.map.latents.values[first + place]) else {
                throw ServiceError.impossible(
                    "dataset_changed",
                    "Image \(source.indices[count + place / divergences.count]) of '\(source.map.dataset)' is not the one "
                        + "that the map was made of.", "values")
            }
            let (mean, logVariance) = (Double(means[place]), Double(logVariances[place]))
            divergences[place % divergences.count] += 0.5 * (mean * mean + exp(logVariance) - 1 - logVariance)
        }
        reconstruction += result.reconstructionLosses
        divergence += result.divergences
    }

    private static func isClose(_ mean: Float, _ latent: Float) -> Bool {
        abs(mean - latent) <= 1e-3 * max(1, abs(latent))
    }
}

/// The images of a map.
struct SampleSource {
    let map: LatentMap
    let indices: [Int]
    private let reader: PointReader
    private let split: Split
    private let part: Int

    init(_ map: LatentMap, _ model: ServedModel, _ request: Request, _ services: Services) throws {
        guard let part = Dataset.Part(rawValue: map.split) else {
            throw ServiceError.impossible(
                "split_not_found", "The map is of a split '\(map.split.prefix(64))'.", "values")
        }
        reader = try services.reader(of: model, for: request)
        split = try reader.split(part, of: map.dataset, parameter: "values")
        (self.map, indices) = (map, map.indices ?? Array(0..<map.latents.rows))
        self.part = max(1, min(512, Limits.values / max(1, model.configuration.input.count)))
    }

    /// [n, channels, height, width]
    func images(from first: Int) throws -> Tensor {
        let part = indices[first..<min(first + part, indices.count)]
        let pixels: [Float]
        do throws(DatasetError) { pixels = try PointReader.pixels(split, part) } catch {
            throw ServiceError(error, parameter: "values")
        }
        return try reader.tensor(pixels, count: part.count)
    }
}
