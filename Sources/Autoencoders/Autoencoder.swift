import Kernels
import Tensors

/// A trained model: immutable, shared between threads, computing on a pool's workers.
///
/// Every image runs through a plan for one image, so that a result is the same bytes alone or in any batch.
public final class Autoencoder: Sendable {
    public let configuration: ModelConfiguration
    public let parameters: Parameters
    private let pool: KernelPool
    private let plans: WorkerPlans

    public init(
        configuration: ModelConfiguration, parameters: Parameters, pool: KernelPool, backend: any Backend
    ) throws {
        guard try ParameterLayout(configuration) == parameters.layout else { throw AutoencoderError.parameterLayout }
        try MemoryNeed(configuration, images: pool.workerCount, workers: pool.workerCount, training: false).check()
        (self.configuration, self.parameters, self.pool) = (configuration, parameters, pool)
        plans = WorkerPlans(count: pool.workerCount) {
            let plan = try VariationalPlan(
                configuration, layout: parameters.layout, images: 1, backend: backend, training: false)
            try parameters.values.withUnsafeBufferPointer { values in
                if let base = values.baseAddress { try plan.load(base) }
            }
            return plan
        }
    }

    /// Makes every worker's plan and runs it once, so that the first request finds the model warm.
    public func warmUp() throws {
        try pool.runOnEachWorker { worker in
            let plan = try plans.plan(worker)
            let pixels = AlignedBuffer(count: configuration.input.count)
            try withExtendedLifetime(pixels) { try plan.encode(pixels.pointer) }
            plan.latents.fill(0)
            try plan.decode()
        }
    }

    /// Encodes images [n, channels, height, width] in 0...1.
    public func encode(_ images: Tensor) throws -> Encoding {
        let count = try checkImages(images)
        let posterior = PosteriorRows(count: count, dimensions: configuration.latentDimension)
        try pool.run(count) { item, worker in
            let plan = try plans.plan(worker)
            let pixels = pixels(images, item: item)
            // A buffer's pointer does not keep it alive: the optimiser may release it before the pass reads it.
            try withExtendedLifetime(pixels) { try plan.encode(pixels.pointer) }
            posterior.copy(from: plan, to: item)
        }
        return try posterior.encoding()
    }

    /// Decodes latents [n, latent dimension] to the likelihood's means, [n, channels, height, width].
    public func decode(_ latents: Tensor) throws -> Tensor {
        let (count, latent) = (latents.rows, configuration.latentDimension)
        guard latents.shape.rank == 2, latents.rowLength == latent || count == 0 else {
            throw AutoencoderError.latentDimension(expected: latent, actual: latents.shape)
        }
        var images = try Tensor(zeros: imageShape(count))
        try images.withUnsafeMutableValues { images in
            try pool.run(count) { item, worker in
                let plan = try plans.plan(worker)
                for i in 0..<latent { plan.latents.pointer[i] = latents.values[item * latent + i] }
                try plan.decode()
                plan.applyOutputMean()
                copyOutputs(plan, to: images, item: item)
            }
        }
        return images
    }

    /// Encodes to the posterior's mean and decodes that, with both parts of the loss.
    public func reconstruct(_ images: Tensor) throws -> Reconstruction {
        let (count, latent) = (try checkImages(images), configuration.latentDimension)
        let posterior = PosteriorRows(count: count, dimensions: latent)
        var losses = [SIMD2<Double>](repeating: .zero, count: count)
        var result = try Tensor(zeros: imageShape(count))
        try result.withUnsafeMutableValues { result in
            try losses.withUnsafeMutableBufferPointer { losses in
                try pool.run(count) { item, worker in
                    let plan = try plans.plan(worker)
                    let pixels = pixels(images, item: item)
                    let noNoise = AlignedBuffer(count: latent)
                    try withExtendedLifetime((pixels, noNoise)) {
                        try plan.evaluate(pixels.pointer, epsilon: noNoise.pointer)
                    }
                    losses[item] = SIMD2(plan.reconstructionLosses[0], plan.divergences[0])
                    posterior.copy(from: plan, to: item)
                    plan.applyOutputMean()
                    copyOutputs(plan, to: result, item: item)
                }
            }
        }
        return Reconstruction(
            images: result, encoding: try posterior.encoding(), reconstructionLosses: losses.map(\.x),
            divergences: losses.map(\.y))
    }

    private func imageShape(_ count: Int) -> Shape {
        let input = configuration.input
        return [count, input.channels, input.height, input.width]
    }

    private func checkImages(_ images: Tensor) throws(AutoencoderError) -> Int {
        guard images.shape == imageShape(images.rows), images.shape.rank == 4 else {
            throw .imageShape(expected: configuration.input, actual: images.shape)
        }
        return images.rows
    }

    private func pixels(_ images: Tensor, item: Int) -> AlignedBuffer {
        let buffer = AlignedBuffer(count: configuration.input.count)
        images.values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            ChannelOrder.permute(
                base + item * buffer.count, buffer.pointer, shape: configuration.input, images: 1,
                toChannelsFirst: false)
        }
        return buffer
    }

    private func copyOutputs(_ plan: VariationalPlan, to images: UnsafeMutableBufferPointer<Float>, item: Int) {
        guard let base = images.baseAddress else { return }
        ChannelOrder.permute(
            plan.outputs, base + item * configuration.input.count, shape: configuration.input, images: 1,
            toChannelsFirst: true)
    }
}

/// The posteriors of a number of images; each row is written by the one worker that has its image.
private struct PosteriorRows {
    private let count, dimensions: Int
    private let mean, logVariance: AlignedBuffer

    init(count: Int, dimensions: Int) {
        (self.count, self.dimensions) = (count, dimensions)
        (mean, logVariance) = (AlignedBuffer(count: count * dimensions), AlignedBuffer(count: count * dimensions))
    }

    func copy(from plan: VariationalPlan, to row: Int) {
        (mean.pointer + row * dimensions).update(from: plan.posteriorMean, count: dimensions)
        (logVariance.pointer + row * dimensions).update(from: plan.posteriorLogVariance, count: dimensions)
    }

    func encoding() throws -> Encoding {
        Encoding(
            mean: try Tensor(shape: [count, dimensions], values: mean.values),
            logVariance: try Tensor(shape: [count, dimensions], values: logVariance.values))
    }
}
