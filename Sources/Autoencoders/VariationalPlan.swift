import Kernels
import Tensors

/// A VAE compiled for a number of images: encoder, heads, posterior, decoder and objective. Belongs to one thread.
public final class VariationalPlan {
    public let images: Int
    private let configuration: ModelConfiguration
    private let encoder, mean, logVariance, decoder: NetworkPlan
    private let networks: [NetworkPlan]
    private let latentGradients: [AlignedBuffer]
    private let outputGradient: AlignedBuffer
    private let latentCount: Int
    /// Elements of an image.
    let pixelCount: Int
    private let hasEncoder: Bool

    /// [images, latent dimension]: the posterior's draw, or wherever the caller decodes from.
    public let latents: AlignedBuffer
    /// One number an image, in nats, of the last `accumulate` or `evaluate`.
    public let reconstructionLosses, divergences: UnsafeMutableBufferPointer<Double>

    /// - Parameter training: whether gradients will be asked for.
    public convenience init(
        _ configuration: ModelConfiguration, layout: ParameterLayout, images: Int, backend: any Backend, training: Bool
    ) throws {
        // Offsets into the caller's flat vector come from its layout, so it must be of this configuration's entries.
        guard try ParameterLayout(configuration).hasEntries(of: layout) else { throw AutoencoderError.parameterLayout }
        let description = try ModelDescription(configuration)
        let hasEncoder = !description.encoder.stages.isEmpty
        let scratch = Scratch()
        func plan(_ network: NetworkDescription, inputGradient: Bool, base: Int) throws -> NetworkPlan {
            try NetworkPlan(
                network, images: images, layout: layout, backend: backend, scratch: scratch, training: training,
                inputGradient: inputGradient, stageIndexBase: base)
        }
        self.init(
            configuration, images: images, training: training, hasEncoder: hasEncoder,
            encoder: try plan(description.encoder, inputGradient: false, base: 0),
            mean: try plan(description.mean, inputGradient: hasEncoder, base: 256),
            logVariance: try plan(description.logVariance, inputGradient: hasEncoder, base: 256),
            decoder: try plan(description.decoder, inputGradient: true, base: 256))
    }

    private init(
        _ configuration: ModelConfiguration, images: Int, training: Bool, hasEncoder: Bool, encoder: NetworkPlan,
        mean: NetworkPlan, logVariance: NetworkPlan, decoder: NetworkPlan
    ) {
        (self.images, self.configuration, self.hasEncoder) = (images, configuration, hasEncoder)
        (self.encoder, self.mean, self.logVariance, self.decoder) = (encoder, mean, logVariance, decoder)
        networks = [encoder, mean, logVariance, decoder]
        let latentCount = images * configuration.latentDimension
        (self.latentCount, pixelCount) = (latentCount, configuration.input.count)
        latents = AlignedBuffer(count: latentCount)
        latentGradients = training ? (0..<2).map { _ in AlignedBuffer(count: latentCount) } : []
        outputGradient = AlignedBuffer(count: training ? images * pixelCount : 0)
        reconstructionLosses = .allocate(capacity: images)
        divergences = .allocate(capacity: images)
        reconstructionLosses.initialize(repeating: 0)
        divergences.initialize(repeating: 0)
    }

    /// The same model for inference on a number of images, perhaps by another thread, sharing the weights where the
    /// backend can: this plan, which is for inference on one image, is not to be loaded again while the copy lives.
    ///
    /// - Parameter parameters: what this plan has loaded.
    func copy(images: Int, parameters: UnsafePointer<Float>) throws -> VariationalPlan {
        let scratch = Scratch()
        func copy(_ network: NetworkPlan) throws -> NetworkPlan {
            try network.copy(images: images, scratch: scratch, parameters: parameters)
        }
        return VariationalPlan(
            configuration, images: images, training: false, hasEncoder: hasEncoder, encoder: try copy(encoder),
            mean: try copy(mean), logVariance: try copy(logVariance), decoder: try copy(decoder))
    }

    deinit {
        reconstructionLosses.deallocate()
        divergences.deallocate()
    }

    /// The posterior's parameters of the last pass, [images, latent dimension].
    public var posteriorMean: UnsafePointer<Float> { UnsafePointer(mean.outputs.pointer) }
    public var posteriorLogVariance: UnsafePointer<Float> { UnsafePointer(logVariance.outputs.pointer) }
    /// The decoder's raw outputs (logits or means), [images, height, width, channels].
    public var outputs: UnsafeMutablePointer<Float> { decoder.outputs.pointer }

    /// Takes over a flat vector of parameters.
    public func load(_ parameters: UnsafePointer<Float>) throws {
        for network in networks { try network.load(parameters) }
    }

    /// Encodes images [images, height, width, channels] to their posterior.
    ///
    /// - Parameter proceed: asked before each layer; what it throws ends the pass.
    public func encode(_ pixels: UnsafePointer<Float>, proceed: @escaping Autoencoder.Proceeding = {}) throws {
        try encode(pixels, PassContext(proceed: proceed))
    }

    /// Decodes `latents` to `outputs`.
    ///
    /// - Parameter proceed: asked before each layer; what it throws ends the pass.
    public func decode(proceed: @escaping Autoencoder.Proceeding = {}) throws {
        try decoder.forward(latents.pointer, PassContext(proceed: proceed))
    }

    /// Turns `outputs` into the likelihood's means, in place.
    public func applyOutputMean() { configuration.likelihood.mean(outputs, count: images * pixelCount) }

    /// The losses of each image with one draw of the posterior, as at inference (running statistics, no dropout).
    ///
    /// - Parameter proceed: asked before each layer; what it throws ends the pass.
    public func evaluate(
        _ pixels: UnsafePointer<Float>, epsilon: UnsafePointer<Float>, proceed: @escaping Autoencoder.Proceeding = {}
    ) throws {
        try forward(pixels, epsilon: epsilon, PassContext(proceed: proceed))
        loss(pixels, gradient: nil, scale: 0)
    }

    /// One draw's losses, whose gradients (of the mean over `step.totalImages`) are added to what has been accumulated.
    ///
    /// - Parameter inputs: what the encoder sees in place of `pixels`, which stay the targets.
    public func accumulate(
        _ pixels: UnsafePointer<Float>, inputs: UnsafePointer<Float>? = nil, epsilon: UnsafePointer<Float>,
        _ step: TrainingStep
    ) throws {
        let context = step.context
        let inputs = inputs ?? pixels
        try forward(inputs, epsilon: epsilon, context)
        let scale = 1 / Float(step.totalImages)
        loss(pixels, gradient: outputGradient.pointer, scale: scale)
        let latentGradient = try decoder.backward(
            inputs: latents.pointer, gradient: outputGradient.pointer, context)
        let weight = configuration.objective.divergenceWeight(latentDimension: configuration.latentDimension)
        let (meanGradient, logVarianceGradient) = (latentGradients[0].pointer, latentGradients[1].pointer)
        GaussianPosterior.backward(
            mean: posteriorMean, logVariance: posteriorLogVariance, epsilon: epsilon,
            latentGradient: UnsafePointer(latentGradient), divergenceScale: scale * weight * step.divergenceScale,
            freeBits: step.freeBits, meanGradient: meanGradient, logVarianceGradient: logVarianceGradient,
            count: latentCount)
        let features = encoder.outputs
        let first = try mean.backward(inputs: features.pointer, gradient: meanGradient, context)
        let second = try logVariance.backward(inputs: features.pointer, gradient: logVarianceGradient, context)
        guard hasEncoder else { return }
        VectorSum.add(second, to: first, count: encoder.outputCount)
        try encoder.backward(inputs: inputs, gradient: first, context)
    }

    /// Writes the accumulated gradients into a flat vector and starts again from zero.
    public func collectGradients(_ gradients: UnsafeMutablePointer<Float>) throws {
        for network in networks { try network.collectGradients(gradients) }
    }

    /// Moves batch norm's running statistics towards those of the last `accumulate`.
    public func updateRunningStatistics(_ parameters: UnsafeMutablePointer<Float>, _ step: TrainingStep) {
        for network in networks {
            network.updateRunningStatistics(parameters, step.context)
        }
    }

    private func encode(_ pixels: UnsafePointer<Float>, _ context: PassContext) throws {
        try encoder.forward(pixels, context)
        try mean.forward(encoder.outputs.pointer, context)
        try logVariance.forward(encoder.outputs.pointer, context)
    }

    private func forward(
        _ pixels: UnsafePointer<Float>, epsilon: UnsafePointer<Float>, _ context: PassContext
    ) throws {
        try encode(pixels, context)
        GaussianPosterior.sample(
            mean: posteriorMean, logVariance: posteriorLogVariance, epsilon: epsilon, latents: latents.pointer,
            count: latentCount)
        try decoder.forward(latents.pointer, context)
    }

    private func loss(_ pixels: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>?, scale: Float) {
        guard let losses = reconstructionLosses.baseAddress, let divergences = divergences.baseAddress else { return }
        configuration.likelihood.loss(
            outputs: UnsafePointer(outputs), targets: pixels, images: images, elements: pixelCount, losses: losses,
            gradient: gradient, gradientScale: scale)
        GaussianPosterior.divergence(
            mean: posteriorMean, logVariance: posteriorLogVariance, rows: images,
            dimensions: configuration.latentDimension, divergences: divergences)
    }
}

/// Where a plan's images stand in a training run.
public struct TrainingStep {
    /// Images of the whole batch; losses are means over them.
    public var totalImages: Int
    /// A factor on the KL's weight, for warm-up; 1 otherwise.
    public var divergenceScale: Float = 1
    /// Nats of each latent dimension's KL that have no gradient.
    public var freeBits: Float = 0
    public var seed: UInt64
    /// Counted over the whole run, for the noise of dropout.
    public var step: Int
    /// The index in the batch of the plan's first image.
    public var firstImage: Int
    /// Adds numbers up over the batch's shards.
    public var sum: ShardSum<Float>

    public init(
        totalImages: Int, seed: UInt64, step: Int, firstImage: Int, sum: @escaping ShardSum<Float> = { _, _ in }
    ) {
        (self.totalImages, self.seed, self.step) = (totalImages, seed, step)
        (self.firstImage, self.sum) = (firstImage, sum)
    }

    fileprivate var context: PassContext {
        PassContext(
            training: true, totalImages: totalImages, sum: sum, seed: seed, step: step, firstImage: firstImage)
    }
}

extension ModelConfiguration {
    /// Whether a batch must stay in one piece per worker, since its images meet in batch statistics.
    public var couplesImages: Bool {
        batchNorm || encoder.contains { $0.batchNorm == true } || decoder.contains { $0.batchNorm == true }
    }
}
