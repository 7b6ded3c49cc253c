import Kernels
import Tensors

/// A network compiled for a number of images: kernels, and all the memory that a pass needs. Belongs to one thread.
final class NetworkPlan {
    let images: Int
    private let stages: [any Stage]
    private let inputCount: Int
    private let needsInputGradient: Bool
    private let gradients: [AlignedBuffer]

    /// The result of the last `forward`, [images, height, width, channels].
    var outputs: AlignedBuffer { stages.last?.outputs ?? passThrough }
    private let passThrough: AlignedBuffer

    /// - Parameter inputGradient: whether `backward` has to tell the gradient of the network's inputs.
    init(
        _ network: NetworkDescription, images: Int, layout: ParameterLayout, backend: any Backend, training: Bool,
        inputGradient: Bool = false, stageIndexBase: Int = 0
    ) throws {
        self.images = images
        needsInputGradient = inputGradient
        inputCount = images * network.input.count
        passThrough = AlignedBuffer(count: network.stages.isEmpty ? inputCount : 0)
        var stages: [any Stage] = []
        for (index, stage) in network.stages.enumerated() {
            let purpose: KernelPurpose =
                training ? .training(inputGradient: inputGradient || index > 0) : .inference
            stages.append(
                try stage.plan(
                    images: images, layout: layout, backend: backend, purpose: purpose,
                    stageIndex: stageIndexBase + index))
        }
        self.stages = stages
        let largest = max(inputCount, stages.map(\.outputs.count).max() ?? 0)
        gradients = training ? [AlignedBuffer(count: largest), AlignedBuffer(count: largest)] : []
    }

    func load(_ parameters: UnsafePointer<Float>) throws {
        for stage in stages { try stage.load(parameters) }
    }

    func forward(_ inputs: UnsafePointer<Float>, _ context: PassContext = PassContext()) throws {
        if stages.isEmpty { passThrough.pointer.update(from: inputs, count: inputCount) }
        var current = inputs
        for stage in stages {
            try stage.forward(current, context)
            current = UnsafePointer(stage.outputs.pointer)
        }
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
    fileprivate func plan(
        images: Int, layout: ParameterLayout, backend: any Backend, purpose: KernelPurpose, stageIndex: Int
    ) throws -> any Stage {
        let count = images * output.count
        let offsets = parameters.compactMap { layout.entry($0.name)?.offset }
        func linear(_ kernel: any LinearKernel<Float>, _ activation: Activation) -> LinearStage {
            LinearStage(
                kernel: kernel, activation: activation, outputCount: count, weightOffset: offsets[0],
                biasOffset: offsets[1])
        }
        switch description {
        case .dense(let inputs, let outputs, let activation):
            let geometry = try DenseGeometry(batch: images, inputs: inputs, outputs: outputs)
            return linear(try backend.dense(geometry, activation: activation, purpose: purpose), activation)
        case .convolution(let channels, let input, let filters, let kernel, let stride, let padding, let activation):
            let geometry = try ConvolutionGeometry(
                batch: images, inputChannels: channels, input: input, outputChannels: filters, kernel: kernel,
                stride: stride, padding: padding)
            return linear(try backend.convolution(geometry, activation: activation, purpose: purpose), activation)
        case .transposedConvolution(
            let channels, let input, let filters, let kernel, let stride, let crop, let activation):
            let geometry = try TransposedConvolutionGeometry(
                batch: images, inputChannels: channels, input: input, outputChannels: filters, kernel: kernel,
                stride: stride, crop: crop)
            return linear(
                try backend.transposedConvolution(geometry, activation: activation, purpose: purpose), activation)
        case .batchNorm(let channels, let activation):
            return BatchNormStage(
                channels: channels, activation: activation, images: images, outputCount: count,
                offsets: .init(scale: offsets[0], shift: offsets[1], mean: offsets[2], variance: offsets[3]))
        case .dropout(let rate):
            return DropoutStage(rate: rate, images: images, outputCount: count, stageIndex: stageIndex)
        case .flatten(let shape): return PermutationStage(shape: shape, images: images, flattens: true)
        case .unflatten(let shape): return PermutationStage(shape: shape, images: images, flattens: false)
        }
    }
}
