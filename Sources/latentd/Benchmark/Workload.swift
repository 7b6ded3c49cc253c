import ArgumentParser
import Autoencoders
import Foundation
import Kernels
import Tensors
import Training

/// A model's work on batches of one size, ready to be timed.
struct Workload {
    let work: ModelWork
    let batch: Int
    private let body: () throws -> Void

    /// Refuses a batch that cannot fit in memory before anything is allocated.
    ///
    /// The weights are fresh ones and the images noise: no kernel is faster or slower for what the numbers are.
    init(
        _ work: ModelWork, _ configuration: ModelConfiguration, batch: Int, pool: KernelPool, backend: any Backend
    ) throws {
        (self.work, self.batch) = (work, batch)
        // Bytes to train with; floats of the inputs and the results.
        let bytes = Double(batch) * Double(configuration.input.count) * (work == .train ? 1 : 8)
        guard bytes <= MemoryNeed.installedBytes else {
            throw ValidationError("--batch-sizes: \(batch) images of \(configuration.input) do not fit into memory.")
        }
        if work == .train {
            let benchmark = try StepBenchmark(configuration, batchSize: batch, pool: pool, backend: backend)
            body = { try benchmark.step() }
            return
        }
        let layout = try ParameterLayout(configuration)
        let model = try Autoencoder(
            configuration: configuration, parameters: Parameters(initialising: layout, seed: 1), pool: pool,
            backend: backend)
        let input = configuration.input
        let shape: Shape =
            work == .encode
            ? [batch, input.channels, input.height, input.width] : [batch, configuration.latentDimension]
        var random = RandomSource(seed: 1)
        let noise = try Tensor(shape: shape, values: (0..<shape.elementCount()).map { _ in random.uniform() })
        body = work == .encode ? { _ = try model.encode(noise) } : { _ = try model.decode(noise) }
        try model.warmUp()
    }

    /// Runs the batch, once or a few times, so that plans are made and memory is there before a clock runs.
    func warmUp() throws {
        let (clock, start) = (ContinuousClock(), ContinuousClock.now)
        for _ in 0..<3 where start.duration(to: clock.now) < .seconds(1) { try body() }
    }

    /// Images a second over at least this time, and at least one batch.
    func rate(seconds: Double) throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        var images = 0
        repeat {
            try body()
            images += batch
        } while start.duration(to: clock.now) < .seconds(seconds)
        return Double(images) / (start.duration(to: clock.now) / .seconds(1))
    }
}
