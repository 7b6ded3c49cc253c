import Autoencoders
import Checkpoints
import Datasets
import Foundation
import Kernels
import Tensors
import Training

/// A dataset of bright squares on 8 x 8 images and a network small enough to train in a moment.
enum TinyRun {
    static func dataset(train: Int = 150, test: Int = 40, brightness: UInt8 = 255) throws -> Dataset {
        func split(_ count: Int, seed: UInt64) throws -> Split {
            var random = RandomSource(seed: seed)
            var pixels = [UInt8](repeating: 0, count: count * 64)
            var labels: [UInt8] = []
            for image in 0..<count {
                let (row, column) = (Int(random.index(below: 5)), Int(random.index(below: 5)))
                for y in row..<row + 3 { for x in column..<column + 3 { pixels[image * 64 + y * 8 + x] = brightness } }
                labels.append(UInt8(row))
            }
            let shape = try PictureShape(channels: 1, height: 8, width: 8)
            return try Split(shape: shape, count: count, pixels: pixels, labels: labels)
        }
        return try Dataset(name: "squares", train: split(train, seed: 1), test: split(test, seed: 2))
    }

    static func model(batchNorm: Bool = false, dropout: Float = 0) -> ModelConfiguration {
        let bottleneck = ImageShape(channels: 4, height: 4, width: 4)
        var model = ModelConfiguration(
            input: ImageShape(channels: 1, height: 8, width: 8), latentDimension: 2,
            encoder: [.init(.convolution(filters: 4, kernel: 3, stride: 2, padding: .same))],
            decoder: [
                .init(.dense(units: bottleneck.count), activation: Activation.none), .init(.reshape(bottleneck)),
                .init(
                    .transposedConvolution(filters: 4, kernel: 3, stride: 2, padding: .same)),
                .init(
                    .transposedConvolution(filters: 1, kernel: 3, stride: 1, padding: .same),
                    activation: Activation.none),
            ])
        (model.batchNorm, model.dropout) = (batchNorm, dropout)
        return model
    }

    /// A trainer that writes to `folder`.
    static func trainer(
        _ folder: URL, model: ModelConfiguration = model(), dataset: Dataset, threads: Int = 2,
        command: String? = nil, change: (inout TrainingSettings) -> Void = { _ in }
    ) throws -> Trainer {
        var specification = TrainingSpecification(dataset: dataset.name, model: model)
        specification.training.epochs = 4
        specification.training.batchSize = 32
        specification.training.learningRate = 0.01
        change(&specification.training)
        let backend = try BackendChoice.automatic.make()
        return try Trainer(
            specification, dataset: dataset, output: CheckpointFolder(path: folder.path),
            pool: KernelPool(workers: threads) { backend.prepareThread() }, backend: backend,
            origin: .init(programVersion: "test", command: command))
    }

    static func temporaryFolder() -> URL {
        FileManager.default.temporaryDirectory.appendingPathComponent("latentd-training-\(UUID().uuidString)")
    }
}
