import Autoencoders
import Checkpoints
import Datasets
import Kernels
import Tensors

/// One worker's plans and gradient. Only its own thread of the pool touches it while a step runs.
final class TrainingWorker {
    /// Images a plan: their activations stay in a core's cache.
    static let chunk = 16

    let gradient: AlignedBuffer
    private(set) var sums = LossSums()
    private let index: Int
    private let configuration: ModelConfiguration
    private let layout: ParameterLayout
    private let backend: any Backend
    private var plans: [Int: LoadedPlan] = [:]
    /// The plans of this step: one, and another for a rest.
    private var used: [LoadedPlan] = []
    private var lastStep: (plan: LoadedPlan, step: TrainingStep)?
    private lazy var otherGradient = AlignedBuffer(count: layout.trainableCount)

    /// A plan with buffers for its inputs; `isCurrent` tells whether it has this step's parameters.
    private final class LoadedPlan {
        let plan: VariationalPlan
        let pixels, noisyPixels, epsilon: AlignedBuffer
        var isCurrent = false

        init(plan: VariationalPlan, configuration: ModelConfiguration) {
            self.plan = plan
            pixels = AlignedBuffer(count: plan.images * configuration.input.count)
            noisyPixels = AlignedBuffer(count: pixels.count)
            epsilon = AlignedBuffer(count: plan.images * configuration.latentDimension)
        }
    }

    init(index: Int, configuration: ModelConfiguration, layout: ParameterLayout, backend: any Backend) {
        (self.index, self.configuration, self.layout, self.backend) = (index, configuration, layout, backend)
        gradient = AlignedBuffer(count: layout.trainableCount)
    }

    /// Makes every plan load parameters again before its next use.
    func forgetParameters() { for plan in plans.values { plan.isCurrent = false } }

    /// Leaves this shard's gradient in `gradient` and its losses in `sums`.
    func accumulate(
        _ split: Split, indices: ArraySlice<Int>, parameters: AlignedBuffer, _ settings: TrainingSettings,
        _ step: TrainingStep
    ) throws {
        forgetParameters()
        sums = LossSums()
        used.removeAll(keepingCapacity: true)
        let chunk = configuration.couplesImages ? indices.count : Self.chunk
        for start in stride(from: indices.startIndex, to: indices.endIndex, by: chunk) {
            let part = indices[start..<min(indices.endIndex, start + chunk)]
            let loaded = try plan(images: part.count, parameters)
            if !used.contains(where: { $0 === loaded }) { used.append(loaded) }
            var step = step
            step.firstImage += start - indices.startIndex
            try fill(loaded, split, part)
            if settings.shiftPixels > 0 { shift(loaded, upTo: settings.shiftPixels, step) }
            fillNoise(loaded, seed: step.seed, purpose: .posterior) { step.step << 17 | (step.firstImage + $0) }
            if settings.inputNoise > 0 { addInputNoise(loaded, upTo: settings.inputNoise, step) }
            let inputs = settings.inputNoise > 0 ? loaded.noisyPixels : loaded.pixels
            try loaded.plan.accumulate(
                loaded.pixels.pointer, inputs: inputs.pointer, epsilon: loaded.epsilon.pointer, step)
            sums += LossSums(
                images: part.count, reconstruction: loaded.plan.reconstructionLosses.reduce(0, +),
                divergence: loaded.plan.divergences.reduce(0, +))
            lastStep = (loaded, step)
        }
        for (number, loaded) in used.enumerated() {
            if number == 0 {
                try loaded.plan.collectGradients(gradient.pointer)
            } else {
                try loaded.plan.collectGradients(otherGradient.pointer)
                VectorSum.add(otherGradient.pointer, to: gradient.pointer, count: layout.trainableCount)
            }
        }
    }

    func updateRunningStatistics(_ parameters: AlignedBuffer) {
        guard configuration.couplesImages, let (loaded, step) = lastStep else { return }
        loaded.plan.updateRunningStatistics(parameters.pointer, step)
    }

    /// Writes losses (reconstruction, divergence) and posterior means of the images in `range`.
    func evaluate(
        _ split: Split, _ range: Range<Int>, parameters: AlignedBuffer, seed: UInt64,
        losses: UnsafeMutableBufferPointer<SIMD2<Double>>, means: UnsafeMutableBufferPointer<Float>
    ) throws {
        let loaded = try plan(images: range.count, parameters)
        try fill(loaded, split, Array(range)[...])
        fillNoise(loaded, seed: seed, purpose: .evaluation) { range.lowerBound + $0 }
        try loaded.plan.evaluate(loaded.pixels.pointer, epsilon: loaded.epsilon.pointer)
        let latent = configuration.latentDimension
        for (offset, image) in range.enumerated() {
            losses[image] = SIMD2(loaded.plan.reconstructionLosses[offset], loaded.plan.divergences[offset])
            for i in 0..<latent { means[image * latent + i] = loaded.plan.posteriorMean[offset * latent + i] }
        }
    }

    /// What the parameters make of some latents, and of the images that these give.
    func selfTest(_ latents: Tensor, parameters: AlignedBuffer) throws -> SelfTest {
        let (images, input) = (latents.rows, configuration.input)
        let loaded = try plan(images: images, parameters)
        let (plan, pixels) = (loaded.plan, loaded.pixels)
        plan.latents.copy(from: latents.values)
        try plan.decode()
        plan.applyOutputMean()
        let decoded = AlignedBuffer(count: pixels.count)
        ChannelOrder.permute(plan.outputs, decoded.pointer, shape: input, images: images, toChannelsFirst: true)
        for i in 0..<pixels.count { pixels.pointer[i] = min(max(plan.outputs[i], 0), 1) }
        try plan.encode(pixels.pointer)
        func rows(_ values: UnsafePointer<Float>) throws -> Tensor {
            try Tensor(
                shape: latents.shape, values: Array(UnsafeBufferPointer(start: values, count: plan.latents.count)))
        }
        return SelfTest(
            latents: latents,
            decoded: try Tensor(shape: [images, input.channels, input.height, input.width], values: decoded.values),
            mean: try rows(plan.posteriorMean), logVariance: try rows(plan.posteriorLogVariance))
    }

    private func plan(images: Int, _ parameters: AlignedBuffer) throws -> LoadedPlan {
        let loaded: LoadedPlan
        if let existing = plans[images] {
            loaded = existing
        } else {
            let plan = try VariationalPlan(
                configuration, layout: layout, images: images, backend: backend, training: true)
            loaded = LoadedPlan(plan: plan, configuration: configuration)
            plans[images] = loaded
        }
        if !loaded.isCurrent {
            try loaded.plan.load(parameters.pointer)
            loaded.isCurrent = true
        }
        return loaded
    }

    private func fill(_ loaded: LoadedPlan, _ split: Split, _ indices: ArraySlice<Int>) throws {
        let buffer = UnsafeMutableBufferPointer(start: loaded.pixels.pointer, count: loaded.pixels.count)
        try split.copyBatch(indices: indices, into: buffer, layout: .channelsLast)
    }

    private func shift(_ loaded: LoadedPlan, upTo limit: Int, _ step: TrainingStep) {
        let count = configuration.input.count
        for image in 0..<loaded.plan.images {
            let index = step.step << 17 | (step.firstImage + image)
            var random = RandomSource(seed: step.seed, stream: RandomPurpose.shift.stream(index))
            let shift = PixelShift(upTo: limit, &random)
            let pixels = loaded.pixels.pointer + image * count
            shift.move(pixels, to: loaded.noisyPixels.pointer, of: configuration.input)
            pixels.update(from: loaded.noisyPixels.pointer, count: count)
        }
    }

    private func addInputNoise(_ loaded: LoadedPlan, upTo limit: Float, _ step: TrainingStep) {
        let count = configuration.input.count
        for image in 0..<loaded.plan.images {
            let index = step.step << 17 | (step.firstImage + image)
            var random = RandomSource(seed: step.seed, stream: RandomPurpose.inputNoise.stream(index))
            let share = limit * random.uniform()
            let (pixels, noisy) = (loaded.pixels.pointer + image * count, loaded.noisyPixels.pointer + image * count)
            random.uniforms(noisy, count: count)
            for i in 0..<count {
                // Black and white stay what they are; drawing for them as well keeps the loop simple.
                let drawn: Float = noisy[i] < pixels[i] ? 1 : 0
                noisy[i] = pixels[i] + share * (drawn - pixels[i])
            }
        }
    }

    private func fillNoise(
        _ loaded: LoadedPlan, seed: UInt64, purpose: RandomPurpose, stream: (_ offset: Int) -> Int
    ) {
        let latent = configuration.latentDimension
        for image in 0..<loaded.plan.images {
            var random = RandomSource(seed: seed, stream: purpose.stream(stream(image)))
            for i in 0..<latent { loaded.epsilon.pointer[image * latent + i] = random.normal() }
        }
    }
}
