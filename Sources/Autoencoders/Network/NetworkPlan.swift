import Kernels
import Tensors

/// A network compiled for a number of images: kernels, and all the memory that a pass needs. Belongs to one thread.
final class NetworkPlan {
    let images: Int
    private let stages: [any Stage]
    private let runs: [StageRun]
    private let inputCount: Int
    private let needsInputGradient: Bool
    private let gradients: [AlignedBuffer]

    /// The result of the last `forward`, [images, height, width, channels].
    var outputs: AlignedBuffer { runs.last?.outputs ?? passThrough }
    var outputCount: Int { stages.last?.outputCount ?? inputCount }
    private let passThrough: AlignedBuffer

    /// - Parameter inputGradient: whether `backward` has to tell the gradient of the network's inputs.
    init(
        _ network: NetworkDescription, images: Int, layout: ParameterLayout, backend: any Backend, scratch: Scratch,
        training: Bool, inputGradient: Bool = false, stageIndexBase: Int = 0
    ) throws {
        self.images = images
        needsInputGradient = inputGradient
        inputCount = images * network.input.count
        passThrough = AlignedBuffer(count: network.stages.isEmpty ? inputCount : 0)
        // Dropout does nothing at inference.
        let described = network.stages.enumerated().filter { training || !$0.element.isDropout }
        let counts = described.map { images * $0.element.output.count }
        let outputs = training ? counts.map { AlignedBuffer(count: $0) } : StageRun.takingTurns(counts)
        let stages = try zip(described, outputs).map { described, outputs in
            let purpose: KernelPurpose =
                training ? .training(inputGradient: inputGradient || described.offset > 0) : .inference
            return try described.element.plan(
                images: images, outputs: outputs, layout: layout, backend: backend, purpose: purpose,
                scratch: scratch, stageIndex: stageIndexBase + described.offset)
        }
        self.stages = stages
        runs = stages.isEmpty ? [] : [StageRun(stages, images: images, inputCount: network.input.count)]
        let largest = max(inputCount, counts.max() ?? 0)
        gradients = training ? [AlignedBuffer(count: largest), AlignedBuffer(count: largest)] : []
    }

    private init(
        copying original: NetworkPlan, images: Int, scratch: Scratch, parameters: UnsafePointer<Float>
    ) throws {
        self.images = images
        needsInputGradient = false
        inputCount = original.inputCount * images
        passThrough = AlignedBuffer(count: original.stages.isEmpty ? inputCount : 0)
        var runs: [StageRun] = []
        var (rest, count) = (original.stages[...], original.inputCount)
        while let first = rest.first {
            let alike = images == 1 ? rest : rest.prefix { $0.gainsFromBatches == first.gainsFromBatches }
            runs.append(
                try StageRun(
                    copying: alike, images: images, inputCount: count, scratch: scratch, parameters: parameters))
            count = alike.last?.outputCount ?? count
            rest = rest.dropFirst(alike.count)
        }
        self.runs = runs
        stages = runs.flatMap(\.stages)
        gradients = []
    }

    /// The same for inference on a number of images, with the parameters that this plan, which is for one image, has
    /// loaded.
    func copy(images: Int, scratch: Scratch, parameters: UnsafePointer<Float>) throws -> NetworkPlan {
        try NetworkPlan(copying: self, images: images, scratch: scratch, parameters: parameters)
    }

    func load(_ parameters: UnsafePointer<Float>) throws {
        for stage in stages { try stage.load(parameters) }
    }

    func forward(_ inputs: UnsafePointer<Float>, _ context: PassContext = PassContext()) throws {
        if stages.isEmpty { passThrough.pointer.update(from: inputs, count: inputCount) }
        var current = inputs
        for run in runs { current = try run.forward(current, context) }
    }

    /// Accumulates the parameters' gradients and gives the inputs', valid until the next call.
    ///
    /// - Parameter gradient: that of `outputs`; overwritten.
    @discardableResult
    func backward(
        inputs: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>, _ context: PassContext
    ) throws -> UnsafeMutablePointer<Float> {
        var current = gradient
        for index in stride(from: stages.count - 1, through: 0, by: -1) {
            let target = index > 0 || needsInputGradient ? gradients[index & 1].pointer : nil
            try stages[index].backward(
                inputs: index > 0 ? UnsafePointer(stages[index - 1].outputs.pointer) : inputs, gradient: current,
                inputGradient: target, context)
            if let target { current = target }
        }
        return current
    }

    func collectGradients(_ gradients: UnsafeMutablePointer<Float>) throws {
        for stage in stages { try stage.collectGradients(gradients) }
    }

    func updateRunningStatistics(_ parameters: UnsafeMutablePointer<Float>, _ context: PassContext) {
        for stage in stages { stage.updateRunningStatistics(parameters, context) }
    }
}

extension NetworkDescription.Stage {
    fileprivate var isDropout: Bool { if case .dropout = description { true } else { false } }

    fileprivate func plan(
        images: Int, outputs: AlignedBuffer, layout: ParameterLayout, backend: any Backend, purpose: KernelPurpose,
        scratch: Scratch, stageIndex: Int
    ) throws -> any Stage {
        let count = images * output.count
        let offsets = parameters.compactMap { layout.entry($0.name)?.offset }
        let weights = parameters.first.flatMap { try? $0.shape.elementCount() } ?? 0
        func linear(_ kernel: any LinearKernel<Float>, _ activation: Activation, inputs: Int) -> LinearStage {
            LinearStage(
                kernel: kernel, activation: activation, images: images, outputs: outputs, outputCount: count,
                weightOffset: offsets[0], biasOffset: offsets[1], gainsFromBatches: weights > inputs + output.count)
        }
        switch description {
        case .dense(let inputs, let outputs, let activation):
            let geometry = try DenseGeometry(batch: images, inputs: inputs, outputs: outputs)
            return linear(
                try backend.dense(geometry, activation: activation, purpose: purpose, scratch: scratch), activation,
                inputs: inputs)
        case .convolution(let channels, let input, let filters, let kernel, let stride, let padding, let activation):
            let geometry = try ConvolutionGeometry(
                batch: images, inputChannels: channels, input: input, outputChannels: filters, kernel: kernel,
                stride: stride, padding: padding)
            return linear(
                try backend.convolution(geometry, activation: activation, purpose: purpose, scratch: scratch),
                activation, inputs: geometry.inputCount / images)
        case .transposedConvolution(
            let channels, let input, let filters, let kernel, let stride, let crop, let activation):
            let geometry = try TransposedConvolutionGeometry(
                batch: images, inputChannels: channels, input: input, outputChannels: filters, kernel: kernel,
                stride: stride, crop: crop)
            return linear(
                try backend.transposedConvolution(
                    geometry, activation: activation, purpose: purpose, scratch: scratch),
                activation, inputs: geometry.adjoint.outputCount / images)
        case .batchNorm(let channels, let activation):
            return BatchNormStage(
                channels: channels, activation: activation, images: images, outputs: outputs, outputCount: count,
                offsets: .init(scale: offsets[0], shift: offsets[1], mean: offsets[2], variance: offsets[3]))
        case .dropout(let rate):
            return DropoutStage(
                rate: rate, images: images, outputs: outputs, outputCount: count, stageIndex: stageIndex)
        case .flatten(let shape):
            return PermutationStage(shape: shape, images: images, outputs: outputs, flattens: true)
        case .unflatten(let shape):
            return PermutationStage(shape: shape, images: images, outputs: outputs, flattens: false)
        }
    }
}
