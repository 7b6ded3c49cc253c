import Kernels
import Tensors

/// The approximate posterior of a number of images.
public struct Encoding: Sendable, Equatable {
    /// [images, latent dimension]
    public let mean: Tensor
    /// Natural logarithm of the variance, [images, latent dimension].
    public let logVariance: Tensor
}

/// What a model makes of images that it encodes to their mean and decodes again.
public struct Reconstruction: Sendable, Equatable {
    /// [images, channels, height, width], the likelihood's means.
    public let images: Tensor
    public let encoding: Encoding
    /// Negative log-likelihood at the mean, in nats, one an image.
    public let reconstructionLosses: [Double]
    /// KL(q ‖ N(0, I)) summed over the dimensions, in nats, one an image.
    public let divergences: [Double]
}

/// Input that does not fit the model.
public enum AutoencoderError: Error, Equatable, CustomStringConvertible {
    case imageShape(expected: ImageShape, actual: Shape)
    case latentDimension(expected: Int, actual: Shape)

    public var description: String {
        switch self {
        case .imageShape(let expected, let actual): "The model takes images of \(expected), not a batch of \(actual)."
        case .latentDimension(let expected, let actual):
            "The model takes latents of \(expected) numbers, not a batch of \(actual)."
        }
    }
}

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
        let (count, latent) = (try checkImages(images), configuration.latentDimension)
        var mean = try Tensor(zeros: [count, latent])
        var logVariance = try Tensor(zeros: [count, latent])
        try mean.withUnsafeMutableValues { mean in
            try logVariance.withUnsafeMutableValues { logVariance in
                try pool.run(count) { item, worker in
                    let plan = try plans.plan(worker)
                    try encode(images, item: item, plan)
                    for i in 0..<latent {
                        mean[item * latent + i] = plan.posteriorMean[i]
                        logVariance[item * latent + i] = plan.posteriorLogVariance[i]
                    }
                }
            }
        }
        return Encoding(mean: mean, logVariance: logVariance)
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
        var result = try Tensor(zeros: imageShape(count))
        var mean = try Tensor(zeros: [count, latent])
        var logVariance = try Tensor(zeros: [count, latent])
        var losses = [Double](repeating: 0, count: count)
        var divergences = losses
        try result.withUnsafeMutableValues { result in
            try mean.withUnsafeMutableValues { mean in
                try logVariance.withUnsafeMutableValues { logVariance in
                    try losses.withUnsafeMutableBufferPointer { losses in
                        try divergences.withUnsafeMutableBufferPointer { divergences in
                            try pool.run(count) { item, worker in
                                let plan = try plans.plan(worker)
                                let pixels = pixels(images, item: item)
                                let noise = AlignedBuffer(count: latent)
                                try withExtendedLifetime((pixels, noise)) {
                                    try plan.evaluate(pixels.pointer, epsilon: noise.pointer)
                                }
                                losses[item] = plan.reconstructionLosses[0]
                                divergences[item] = plan.divergences[0]
                                for i in 0..<latent {
                                    mean[item * latent + i] = plan.posteriorMean[i]
                                    logVariance[item * latent + i] = plan.posteriorLogVariance[i]
                                }
                                plan.applyOutputMean()
                                copyOutputs(plan, to: result, item: item)
                            }
                        }
                    }
                }
            }
        }
        return Reconstruction(
            images: result, encoding: Encoding(mean: mean, logVariance: logVariance), reconstructionLosses: losses,
            divergences: divergences)
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

    private func encode(_ images: Tensor, item: Int, _ plan: VariationalPlan) throws {
        let pixels = pixels(images, item: item)
        // A buffer's pointer does not keep it alive: the optimiser may release it before the pass reads it.
        try withExtendedLifetime(pixels) { try plan.encode(pixels.pointer) }
    }

    private func copyOutputs(_ plan: VariationalPlan, to images: UnsafeMutableBufferPointer<Float>, item: Int) {
        guard let base = images.baseAddress else { return }
        ChannelOrder.permute(
            plan.outputs, base + item * configuration.input.count, shape: configuration.input, images: 1,
            toChannelsFirst: true)
    }
}

/// One lazily made plan a worker.
private final class WorkerPlans: @unchecked Sendable {  // slot i is only ever touched by worker i of the pool
    private let slots: UnsafeMutableBufferPointer<VariationalPlan?>
    private let make: @Sendable () throws -> VariationalPlan

    init(count: Int, make: @escaping @Sendable () throws -> VariationalPlan) {
        slots = .allocate(capacity: count)
        slots.initialize(repeating: nil)
        self.make = make
    }

    deinit {
        slots.deinitialize()
        slots.deallocate()
    }

    func plan(_ worker: Int) throws -> VariationalPlan {
        if let plan = slots[worker] { return plan }
        let plan = try make()
        slots[worker] = plan
        return plan
    }
}
