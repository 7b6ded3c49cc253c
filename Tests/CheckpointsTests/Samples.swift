import Autoencoders
import Foundation
import Kernels
import Tensors

@testable import Checkpoints

/// A model small enough to be written and loaded many times in a test.
enum Samples {
    static let configuration = ModelConfiguration(
        input: ImageShape(channels: 1, height: 4, width: 4), latentDimension: 2,
        encoder: [LayerConfiguration(.convolution(filters: 3, kernel: 3, stride: 2, padding: .same))],
        decoder: [
            LayerConfiguration(.dense(units: 16), activation: Activation.none),
            LayerConfiguration(.reshape(ImageShape(channels: 1, height: 4, width: 4))),
        ])

    static func checkpoint(seed: UInt64, withState: Bool) throws -> Checkpoint {
        let layout = try ParameterLayout(configuration)
        var checkpoint = Checkpoint(
            configuration: configuration, parameters: Parameters(initialising: layout, seed: seed))
        checkpoint.provenance = Provenance(
            name: "sample", family: "vae", dataset: "noise", epochs: 2, seed: seed, batchSize: 128, learningRate: 1e-3,
            beta: 1, klReduction: "sum", programVersion: "0.1.0", createdAt: "2026-01-02T03:04:05Z")
        checkpoint.metrics = (1...2).map { epoch in
            let loss = LossParts(reconstruction: 140.5, kl: 6.25, objective: 146.75, negativeELBO: 146.75)
            return EpochMetrics(
                epoch: epoch, train: loss, test: epoch == 2 ? loss : nil, imagesPerSecond: 2000, seconds: 30)
        }
        checkpoint.map = try map(epoch: 2)
        checkpoint.epochMaps = try [1, 2, 500].map(map)
        if withState {
            var settings = TrainingSettings()
            settings.epochs = 2
            settings.seed = seed
            let moment = (0..<layout.trainableCount).map { Float($0) / 7 }
            checkpoint.trainingState = TrainingState(
                firstMoment: moment, secondMoment: moment.map { $0 * $0 },
                trainedWeights: checkpoint.parameters.values.map { $0 / 3 },
                progress: TrainingProgress(epoch: 2, step: 9, settings: settings, dataset: "noise"))
        }
        return checkpoint
    }

    static func map(epoch: Int) throws -> LatentMap {
        try LatentMap(
            epoch: epoch, dataset: "noise", split: "test",
            latents: try Tensor(shape: [3, 2], values: (0..<6).map { Float($0 * epoch) }), labels: [1, 0, 9])
    }
}

/// A folder of its own for one test, removed with the last reference.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = "\(NSTemporaryDirectory())/latentd-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }
}
