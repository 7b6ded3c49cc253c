import Tensors

/// A convolution as three lists of products.
final class NativeConvolutionKernel: LinearKernel {
    private let geometry: ConvolutionGeometry
    private let activation: Activation
    private let direct: DirectConvolution
    private let scattered: ScatteredConvolution?
    private let weightGradient: WeightGradient?
    private let set: InstructionSet
    private let bias, noBias, biasGradient: AlignedBuffer

    init(
        _ geometry: ConvolutionGeometry, activation: Activation, purpose: KernelPurpose, _ set: InstructionSet,
        scratch: Scratch, sharing shared: NativeConvolutionKernel? = nil
    ) {
        (self.geometry, self.activation, self.set) = (geometry, activation, set)
        direct = DirectConvolution(geometry, set, scratch: scratch, sharing: shared?.direct)
        scattered = purpose.needsInputGradient ? ScatteredConvolution(geometry, set, scratch: scratch) : nil
        weightGradient = purpose.trains ? WeightGradient(geometry, set, scratch: scratch) : nil
        bias = shared?.bias ?? AlignedBuffer(count: geometry.outputChannels)
        biasGradient = AlignedBuffer(count: geometry.outputChannels)
        noBias = AlignedBuffer(count: geometry.inputChannels)
    }

    func copy(
        batch: Int, scratch: Scratch, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>
    ) throws -> any LinearKernel<Float> {
        NativeConvolutionKernel(
            try geometry.with(batch: batch), activation: activation, purpose: .inference, set, scratch: scratch,
            sharing: self)
    }

    func load(weights: UnsafePointer<Float>, bias: UnsafePointer<Float>) {
        direct.load(weights)
        scattered?.load(weights)
        self.bias.pointer.update(from: bias, count: geometry.outputChannels)
    }

    func forward(_ inputs: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>) {
        direct.run(inputs, bias: bias.pointer, slope: activation.slope ?? 1, outputs)
        activation.finish(outputs, count: geometry.outputCount)
    }

    func backwardInput(_ outputGradient: UnsafePointer<Float>, _ inputGradient: UnsafeMutablePointer<Float>) {
        scattered?.run(outputGradient, bias: noBias.pointer, slope: 1, inputGradient)
    }

    func accumulateGradients(inputs: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>) {
        weightGradient?.accumulate(inputs, outputGradient)
        Float.addRows(
            outputGradient, rows: geometry.outputCount / geometry.outputChannels, columns: geometry.outputChannels,
            to: biasGradient.pointer)
    }

    func collectGradients(weights: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>) {
        weightGradient?.collect(weights)
        bias.update(from: biasGradient.pointer, count: geometry.outputChannels)
        biasGradient.fill(0)
    }
}

/// A transposed convolution: its adjoint's products with the roles of input and output exchanged.
final class NativeTransposedConvolutionKernel: LinearKernel {
    private let geometry: TransposedConvolutionGeometry
    private let activation: Activation
    private let scattered: ScatteredConvolution
    private let direct: DirectConvolution?
    private let weightGradient: WeightGradient?
    private let set: InstructionSet
    private let bias, noBias, biasGradient: AlignedBuffer

    init(
        _ geometry: TransposedConvolutionGeometry, activation: Activation, purpose: KernelPurpose,
        _ set: InstructionSet, scratch: Scratch, sharing shared: NativeTransposedConvolutionKernel? = nil
    ) {
        (self.geometry, self.activation, self.set) = (geometry, activation, set)
        scattered = ScatteredConvolution(geometry.adjoint, set, scratch: scratch, sharing: shared?.scattered)
        direct = purpose.needsInputGradient ? DirectConvolution(geometry.adjoint, set, scratch: scratch) : nil
        weightGradient = purpose.trains ? WeightGradient(geometry.adjoint, set, scratch: scratch) : nil
        bias = shared?.bias ?? AlignedBuffer(count: geometry.outputChannels)
        biasGradient = AlignedBuffer(count: geometry.outputChannels)
        noBias = AlignedBuffer(count: geometry.inputChannels)
    }

    func copy(
        batch: Int, scratch: Scratch, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>
    ) throws -> any LinearKernel<Float> {
        NativeTransposedConvolutionKernel(
            try geometry.with(batch: batch), activation: activation, purpose: .inference, set, scratch: scratch,
            sharing: self)
    }

    func load(weights: UnsafePointer<Float>, bias: UnsafePointer<Float>) {
        scattered.load(weights)
        direct?.load(weights)
        self.bias.pointer.update(from: bias, count: geometry.outputChannels)
    }

    func forward(_ inputs: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>) {
        scattered.run(inputs, bias: bias.pointer, slope: activation.slope ?? 1, outputs)
        activation.finish(outputs, count: geometry.outputCount)
    }

    func backwardInput(_ outputGradient: UnsafePointer<Float>, _ inputGradient: UnsafeMutablePointer<Float>) {
        direct?.run(outputGradient, bias: noBias.pointer, slope: 1, inputGradient)
    }

    func accumulateGradients(inputs: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>) {
        weightGradient?.accumulate(outputGradient, inputs)
        Float.addRows(
            outputGradient, rows: geometry.outputCount / geometry.outputChannels, columns: geometry.outputChannels,
            to: biasGradient.pointer)
    }

    func collectGradients(weights: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>) {
        weightGradient?.collect(weights)
        bias.update(from: biasGradient.pointer, count: geometry.outputChannels)
        biasGradient.fill(0)
    }
}

extension KernelPurpose {
    var trains: Bool {
        switch self {
        case .inference: false
        case .training: true
        }
    }

    var needsInputGradient: Bool {
        switch self {
        case .inference: false
        case .training(let inputGradient): inputGradient
        }
    }
}
