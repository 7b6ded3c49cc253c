import COneDNN
import Tensors

/// One convolution problem of oneDNN: its primitives, weights in their layouts and an accumulated weight gradient.
final class OneDNNConvolution {
    private let handle: OpaquePointer

    init(_ geometry: ConvolutionGeometry, primitives: Int32, activation: Activation = .none) throws(KernelError) {
        var problem = latentd_convolution_geometry(
            batch: Int64(geometry.batch),
            input_channels: Int64(geometry.inputChannels), input_height: Int64(geometry.input.height),
            input_width: Int64(geometry.input.width),
            output_channels: Int64(geometry.outputChannels), output_height: Int64(geometry.output.height),
            output_width: Int64(geometry.output.width),
            kernel_height: Int64(geometry.kernel.height), kernel_width: Int64(geometry.kernel.width),
            stride_height: Int64(geometry.stride.height), stride_width: Int64(geometry.stride.width),
            pad_top: Int64(geometry.padding.top), pad_left: Int64(geometry.padding.left),
            pad_bottom: Int64(geometry.padding.bottom), pad_right: Int64(geometry.padding.right))
        let (kind, slope) = activation.onednn
        var created: OpaquePointer?
        let status = latentd_convolution_create(&problem, primitives, kind, slope, &created)
        guard status == 0, let created else {
            throw .backendFailure(backend: "onednn", operation: "creating a convolution", status: Int(status))
        }
        handle = created
    }

    deinit { latentd_convolution_destroy(handle) }

    func load(_ weights: UnsafePointer<Float>) throws(KernelError) {
        try check(latentd_convolution_load(handle, weights), "loading weights")
    }

    func forward(
        _ inputs: UnsafePointer<Float>, bias: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>
    ) throws(KernelError) {
        try check(latentd_convolution_forward(handle, inputs, bias, outputs), "convolution")
    }

    func backwardData(
        _ outputGradient: UnsafePointer<Float>, _ inputGradient: UnsafeMutablePointer<Float>
    ) throws(KernelError) {
        try check(latentd_convolution_backward_data(handle, outputGradient, inputGradient), "backward data")
    }

    func accumulate(_ inputs: UnsafePointer<Float>, _ outputGradient: UnsafePointer<Float>) throws(KernelError) {
        try check(latentd_convolution_backward_weights(handle, inputs, outputGradient), "backward weights")
    }

    func collect(_ weights: UnsafeMutablePointer<Float>) throws(KernelError) {
        try check(latentd_convolution_collect(handle, weights), "collecting gradients")
    }

    private func check(_ status: Int32, _ operation: String) throws(KernelError) {
        guard status == 0 else {
            throw .backendFailure(backend: "onednn", operation: operation, status: Int(status))
        }
    }
}

extension Activation {
    fileprivate var onednn: (latentd_activation, Float) {
        switch self {
        case .none: (LATENTD_ACTIVATION_NONE, 0)
        case .relu: (LATENTD_ACTIVATION_LEAKY_RELU, 0)
        case .leakyReLU(let slope): (LATENTD_ACTIVATION_LEAKY_RELU, slope)
        case .sigmoid: (LATENTD_ACTIVATION_SIGMOID, 0)
        case .tanh: (LATENTD_ACTIVATION_TANH, 0)
        }
    }
}

extension KernelPurpose {
    /// oneDNN's primitives for a convolution that serves this purpose.
    func primitives(forward: Int, input: Int) -> Int32 {
        switch self {
        case .inference: Int32(forward)
        case .training(let inputGradient):
            Int32(forward | LATENTD_CONVOLUTION_BACKWARD_WEIGHTS | (inputGradient ? input : 0))
        }
    }
}

final class OneDNNConvolutionKernel: LinearKernel {
    private let geometry: ConvolutionGeometry
    private let activation: Activation
    private let convolution: OneDNNConvolution
    private let bias, biasGradient: AlignedBuffer

    init(_ geometry: ConvolutionGeometry, activation: Activation, purpose: KernelPurpose) throws(KernelError) {
        (self.geometry, self.activation) = (geometry, activation)
        let primitives = purpose.primitives(
            forward: LATENTD_CONVOLUTION_FORWARD, input: LATENTD_CONVOLUTION_BACKWARD_DATA)
        convolution = try OneDNNConvolution(geometry, primitives: primitives, activation: activation)
        bias = AlignedBuffer(count: geometry.outputChannels)
        biasGradient = AlignedBuffer(count: geometry.outputChannels)
    }

    func copy(
        batch: Int, scratch: Scratch, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>
    ) throws -> any LinearKernel<Float> {
        let copy = try OneDNNConvolutionKernel(
            try geometry.with(batch: batch), activation: activation, purpose: .inference)
        try copy.load(weights: weights, bias: bias)
        return copy
    }

    func load(weights: UnsafePointer<Float>, bias: UnsafePointer<Float>) throws {
        try convolution.load(weights)
        self.bias.pointer.update(from: bias, count: geometry.outputChannels)
    }

    func forward(_ inputs: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>) throws {
        try convolution.forward(inputs, bias: bias.pointer, outputs)
    }

    func backwardInput(_ outputGradient: UnsafePointer<Float>, _ inputGradient: UnsafeMutablePointer<Float>) throws {
        try convolution.backwardData(outputGradient, inputGradient)
    }

    func accumulateGradients(inputs: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>) throws {
        try convolution.accumulate(inputs, outputGradient)
        Float.addRows(
            outputGradient, rows: geometry.outputCount / geometry.outputChannels, columns: geometry.outputChannels,
            to: biasGradient.pointer)
    }

    func collectGradients(weights: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>) throws {
        try convolution.collect(weights)
        bias.update(from: biasGradient.pointer, count: geometry.outputChannels)
        biasGradient.fill(0)
    }
}
