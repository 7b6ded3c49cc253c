import Kernels
import Tensors

/// A trained model: immutable, shared between threads, computing on a pool's workers.
///
/// A large batch runs in chunks, what is left over image by image; a result is the same bytes either way.
public final class Autoencoder: Sendable {
    public let configuration: ModelConfiguration
    public let parameters: any ParameterSource
    /// Where it computes.
    public let pool: KernelPool
    private let plans: WorkerPlans
    /// Of an image, in operations.
    private let encodingCost, decodingCost: Int
    /// Throws where there is no need to go on; called by any worker, often.
    public typealias Proceeding = @Sendable () throws -> Void
    /// Images that plans hold: 16 are enough that dense layers compute instead of waiting for their weights.
    private static let sizes = [1, 4, 16]

    public init(
        configuration: ModelConfiguration, parameters: any ParameterSource, pool: KernelPool, backend: any Backend
    ) throws {
        guard try ParameterLayout(configuration).hasEntries(of: parameters.layout) else {
            throw AutoencoderError.parameterLayout
        }
        try MemoryNeed(configuration, images: pool.workerCount, workers: pool.workerCount, training: false).check()
        (self.configuration, self.parameters, self.pool) = (configuration, parameters, pool)
        encodingCost = try configuration.operationCount(.encode)
        decodingCost = try configuration.operationCount(.decode)
        plans = try WorkerPlans(
            workers: pool.workerCount, sizes: backend.keepsBytesInBatches ? Self.sizes : [1],
            configuration: configuration, parameters: parameters, backend: backend)
    }

    /// Makes every worker's plans and runs them once, so that the first request finds the model warm. Plans have copies of
    /// the parameters, which are not looked at again.
    public func warmUp() throws {
        try pool.runOnEachWorker { worker in
            for size in plans.sizes {
                let plan = try plans.plan(upTo: size, worker)
                try plan.plan.encode(plan.pixels.pointer)
                plan.plan.latents.fill(0)
                try plan.plan.decode()
            }
        }
    }

    /// Encodes images [n, channels, height, width] in 0...1.
    ///
    /// - Parameters:
    ///   - onOneWorker: leaves the other workers to others, who wait as well.
    ///   - owner: with whom it takes turns at the workers.
    ///   - proceed: asked before each layer of an image or of a chunk.
    public func encode(
        _ images: Tensor, onOneWorker: Bool = false, owner: WorkOwner = .anyone, proceed: @escaping Proceeding = {}
    ) throws -> Encoding {
        let count = try checkImages(images)
        let posterior = PosteriorRows(count: count, dimensions: configuration.latentDimension)
        try forEachPlan(
            count, onOneWorker: onOneWorker, owner, cost: encodingCost, proceed
        ) { plan, first in
            load(images, from: first, into: plan)
            try plan.plan.encode(plan.pixels.pointer, proceed: proceed)
            posterior.copy(from: plan.plan, to: first)
        }
        return try posterior.encoding()
    }

    /// Decodes latents [n, latent dimension] to the likelihood's means, [n, channels, height, width].
    ///
    /// - Parameters:
    ///   - onOneWorker: leaves the other workers to others, who wait as well.
    ///   - owner: with whom it takes turns at the workers.
    ///   - proceed: asked before each layer of an image or of a chunk.
    public func decode(
        _ latents: Tensor, onOneWorker: Bool = false, owner: WorkOwner = .anyone, proceed: @escaping Proceeding = {}
    ) throws -> Tensor {
        let (count, latent) = (latents.rows, configuration.latentDimension)
        guard latents.shape.rank == 2, latents.rowLength == latent || count == 0 else {
            throw AutoencoderError.latentDimension(expected: latent, actual: latents.shape)
        }
        var images = try Tensor(zeros: imageShape(count))
        try images.withUnsafeMutableValues { images in
            try latents.values.withUnsafeBufferPointer { latents in
                guard let base = latents.baseAddress else { return }
                try forEachPlan(
                    count, onOneWorker: onOneWorker, owner, cost: decodingCost, proceed
                ) { plan, first in
                    let target = plan.plan.latents
                    target.pointer.update(from: base + first * latent, count: target.count)
                    try plan.plan.decode(proceed: proceed)
                    plan.plan.applyOutputMean()
                    copyOutputs(plan.plan, to: images, from: first)
                }
            }
        }
        return images
    }

    /// Encodes to the posterior's mean and decodes that, with both parts of the loss.
    ///
    /// - Parameters:
    ///   - owner: with whom it takes turns at the workers.
    ///   - proceed: asked before each layer of an image or of a chunk.
    public func reconstruct(
        _ images: Tensor, owner: WorkOwner = .anyone, proceed: @escaping Proceeding = {}
    ) throws -> Reconstruction {
        let (count, latent) = (try checkImages(images), configuration.latentDimension)
        let posterior = PosteriorRows(count: count, dimensions: latent)
        var losses = [SIMD2<Double>](repeating: .zero, count: count)
        var result = try Tensor(zeros: imageShape(count))
        try result.withUnsafeMutableValues { result in
            try losses.withUnsafeMutableBufferPointer { losses in
                try forEachPlan(count, owner, cost: encodingCost + decodingCost, proceed) { inference, first in
                    let plan = inference.plan
                    load(images, from: first, into: inference)
                    try plan.evaluate(
                        inference.pixels.pointer, epsilon: inference.noNoise.pointer, proceed: proceed)
                    for image in 0..<plan.images {
                        losses[first + image] = SIMD2(plan.reconstructionLosses[image], plan.divergences[image])
                    }
                    posterior.copy(from: plan, to: first)
                    plan.applyOutputMean()
                    copyOutputs(plan, to: result, from: first)
                }
            }
        }
        return Reconstruction(
            images: result, encoding: try posterior.encoding(), reconstructionLosses: losses.map(\.x),
            divergences: losses.map(\.y))
    }

    /// Splits a number of images among the workers: whole chunks where every worker gets one, and single images.
    ///
    /// - Parameter cost: of an image.
    private func forEachPlan(
        _ count: Int, onOneWorker: Bool = false, _ owner: WorkOwner, cost: Int, _ proceed: Proceeding,
        _ body: (_ plan: InferencePlan, _ first: Int) throws -> Void
    ) throws {
        let chunk = plans.chunk
        if onOneWorker, count > 1 {
            // Others have their turns between chunks.
            for first in stride(from: 0, to: count, by: chunk) {
                let end = min(first + chunk, count)
                try pool.run(1, owner: owner, cost: (end - first) * cost) { _, worker in
                    var first = first
                    while first < end {
                        try proceed()
                        let plan = try plans.plan(upTo: end - first, worker)
                        try withExtendedLifetime(plan) { try body(plan, first) }
                        first += plan.plan.images
                    }
                }
            }
            return
        }
        let chunks = chunk > 1 && count >= chunk * pool.workerCount ? count / chunk : 0
        let items = chunks + count - chunks * chunk
        try pool.run(items, owner: owner, cost: count / max(1, items) * cost) { item, worker in
            try proceed()
            // A buffer's pointer does not keep it alive: the optimiser may release a plan before its last use.
            let plan = try plans.plan(upTo: item < chunks ? chunk : 1, worker)
            let first = item < chunks ? item * chunk : item + chunks * (chunk - 1)
            try withExtendedLifetime(plan) { try body(plan, first) }
        }
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

    private func load(_ images: Tensor, from first: Int, into plan: InferencePlan) {
        let count = configuration.input.count
        images.values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            ChannelOrder.permute(
                base + first * count, plan.pixels.pointer, shape: configuration.input, images: plan.plan.images,
                toChannelsFirst: false)
        }
    }

    private func copyOutputs(_ plan: VariationalPlan, to images: UnsafeMutableBufferPointer<Float>, from first: Int) {
        guard let base = images.baseAddress else { return }
        ChannelOrder.permute(
            plan.outputs, base + first * configuration.input.count, shape: configuration.input, images: plan.images,
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

    /// Those of a plan's images, from `row` on.
    func copy(from plan: VariationalPlan, to row: Int) {
        let count = plan.images * dimensions
        (mean.pointer + row * dimensions).update(from: plan.posteriorMean, count: count)
        (logVariance.pointer + row * dimensions).update(from: plan.posteriorLogVariance, count: count)
    }

    func encoding() throws -> Encoding {
        Encoding(
            mean: try Tensor(shape: [count, dimensions], values: mean.values),
            logVariance: try Tensor(shape: [count, dimensions], values: logVariance.values))
    }
}
