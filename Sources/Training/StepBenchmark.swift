import Autoencoders
import Datasets
import Kernels
import Tensors

/// How fast training steps run, on images of noise.
public enum StepBenchmark {
    /// Images a second of a number of repetitions, each of at least `seconds`, after a warm-up.
    public static func train(
        _ configuration: ModelConfiguration, batchSize: Int, repetitions: Int, seconds: Double, pool: KernelPool,
        backend: any Backend
    ) throws -> [Double] {
        let input = configuration.input
        let shape = try PictureShape(channels: input.channels, height: input.height, width: input.width)
        var random = RandomSource(seed: 1)
        let pixels = (0..<batchSize * input.count).map { _ in UInt8(truncatingIfNeeded: random.nextUInt32()) }
        let split = try Split(shape: shape, count: batchSize, pixels: pixels, labels: nil)
        let engine = try TrainingEngine(
            configuration: configuration, settings: TrainingSettings(), pool: pool, backend: backend)
        let indices = Array(0..<batchSize)[...]
        var number = 0
        func step() throws {
            number += 1
            _ = try engine.step(split, indices: indices, number: number, learningRate: 1e-4)
        }
        for _ in 0..<3 { try step() }
        let clock = ContinuousClock()
        return try (0..<repetitions).map { _ in
            let start = clock.now
            var images = 0
            while start.duration(to: clock.now) < .seconds(seconds) {
                try step()
                images += batchSize
            }
            return Double(images) / (start.duration(to: clock.now) / .seconds(1))
        }
    }
}
