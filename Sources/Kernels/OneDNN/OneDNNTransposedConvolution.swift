import COneDNN
import Tensors

/// The adjoint's primitives with input and output exchanged; bias and activation follow in a pass of their own.
///
/// To few output channels it computes with products of ours: oneDNN leaves most lanes empty there.
final class OneDNNTransposedConvolutionKernel: LinearKernel {
    private let geometry: TransposedConvolutionGeometry
    private let activation: Activation
    private let adjoint: OneDNNConvolution
    private let bias, biasGradient, noBias: AlignedBuffer
    private let thin: ScatteredConvolution?
    private static let few = 8
    private var rows: Int { geometry.outputCount / geometry.outputChannels }

    init(
        _ geometry: TransposedConvolutionGeometry, activation: Activation, purpose: KernelPurpose, scratch: Scratch
    ) throws(KernelError) {
        self.geometry = geometry
        self.activation = activation
        thin =
            geometry.outputChannels < Self.few
            ? ScatteredConvolution(geometry.adjoint, .best, scratch: scratch) : nil
        let primitives = purpose.primitives(
            forward: thin == nil ? LATENTD_CONVOLUTION_BACKWARD_DATA : 0, input: LATENTD_CONVOLUTION_FORWARD)
        adjoint = try OneDNNConvolution(geometry.adjoint, primitives: primitives)
        bias = AlignedBuffer(count: geometry.outputChannels)
        biasGradient = AlignedBuffer(count: geometry.outputChannels)
        noBias = AlignedBuffer(count: geometry.inputChannels)
    }

    func copy(
        batch: Int, scratch: Scratch, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>
    ) throws -> any LinearKernel<Float> {
        let copy = try OneDNNTransposedConvolutionKernel(
            try geometry.with(batch: batch), activation: activation, purpose: .inference, scratch: scratch)
        try copy.load(weights: weights, bias: bias)
        return copy
    }

    func load(weights: UnsafePointer<Float>, bias: UnsafePointer<Float>) throws {
        try adjoint.load(weights)
        thin?.load(weights)
        self.bias.pointer.update(from: bias, count: geometry.outputChannels)
    }

    func forward(_ inputs: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>) throws {
        if let thin {
            thin.run(inputs, bias: bias.pointer, slope: 1, outputs)
        } else {
            try adjoint.backwardData(inputs, outputs)
            Bias.add(bias.pointer, to: outputs, rows: rows, channels: geometry.outputChannels)
        }
        activation.forward(outputs, count: geometry.outputCount)
    }

    func backwardInput(_ outputGradient: UnsafePointer<Float>, _ inputGradient: UnsafeMutablePointer<Float>) throws {
        try adjoint.forward(outputGradient, bias: noBias.pointer, inputGradient)
    }

    func accumulateGradients(inputs: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>) throws {
        try adjoint.accumulate(outputGradient, inputs)
        Float.addRows(
            outputGradient, rows: rows, columns: geometry.outputChannels, to: biasGradient.pointer)
    }

    func collectGradients(weights: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>) throws {
        try adjoint.collect(weights)
        bias.update(from: biasGradient.pointer, count: geometry.outputChannels)
        biasGradient.fill(0)
    }
}
