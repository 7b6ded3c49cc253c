import Autoencoders
import Datasets
import Kernels
import Tensors

/// Training steps on images of noise, for whoever measures how fast they run.
public final class StepBenchmark {
    private let engine: TrainingEngine
    private let split: Split
    private let indices: [Int]
    private var number = 0

    /// Refuses a batch that cannot fit in memory before anything is allocated.
    public init(
        _ configuration: ModelConfiguration, batchSize: Int, pool: KernelPool, backend: any Backend
    ) throws {
        try TrainingEngine.checkMemory(configuration, batchSize: batchSize, workers: pool.workerCount)
        let input = configuration.input
        let shape = try PictureShape(channels: input.channels, height: input.height, width: input.width)
        var random = RandomSource(seed: 1)
        let pixels = (0..<batchSize * input.count).map { _ in UInt8(truncatingIfNeeded: random.nextUInt32()) }
        split = try Split(shape: shape, count: batchSize, pixels: pixels, labels: nil)
        indices = Array(0..<batchSize)
        engine = try TrainingEngine(
            configuration: configuration, settings: TrainingSettings(), pool: pool, backend: backend)
    }

    /// One step on the whole batch.
    public func step() throws {
        number += 1
        _ = try engine.step(split, indices: indices[...], number: number, .init(learningRate: 1e-4))
    }
}
