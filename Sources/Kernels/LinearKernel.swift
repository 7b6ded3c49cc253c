/// A linear map with bias and a fused activation, set up for one batch size: dense, convolution or its transpose.
///
/// All pointers are channels-last activations or parameters in PyTorch's layout. An instance belongs to one thread.
public protocol LinearKernel<Scalar>: AnyObject {
    associatedtype Scalar: KernelScalar

    /// Takes over new parameters; to be called whenever they have changed.
    func load(weights: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>) throws

    /// outputs = activation(weights · inputs + bias)
    func forward(_ inputs: UnsafePointer<Scalar>, _ outputs: UnsafeMutablePointer<Scalar>) throws

    /// The gradient of the inputs from that of the outputs *before* the activation.
    func backwardInput(
        _ outputGradient: UnsafePointer<Scalar>, _ inputGradient: UnsafeMutablePointer<Scalar>) throws

    /// Adds this batch's parameter gradients to what this kernel has accumulated.
    func accumulateGradients(inputs: UnsafePointer<Scalar>, outputGradient: UnsafePointer<Scalar>) throws

    /// Writes the accumulated gradients in the parameters' layout and starts again from zero.
    func collectGradients(weights: UnsafeMutablePointer<Scalar>, bias: UnsafeMutablePointer<Scalar>) throws

    /// The same map for inference on another number of images, perhaps by another thread.
    ///
    /// It computes with the memory of this one's weights where the backend can share it, so this one is not to be loaded
    /// again while the copy lives; elsewhere it loads `weights` and `bias`, which are what this one has.
    func copy(
        batch: Int, scratch: Scratch, weights: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>
    ) throws -> any LinearKernel<Scalar>
}

/// A dense layer: outputs [batch, outputs] = inputs [batch, inputs] · weightsᵀ, weights [outputs, inputs].
public struct DenseGeometry: Hashable, Sendable {
    public let batch, inputs, outputs: Int

    public init(batch: Int, inputs: Int, outputs: Int) throws(KernelError) {
        for (rows, columns) in [(batch, inputs), (batch, outputs), (outputs, inputs)] {
            let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
            guard rows > 0, columns > 0, !overflow, count <= Int(Int32.max) else {
                throw .invalidGeometry(operation: "dense", reason: "\(rows)x\(columns) is empty or too large")
            }
        }
        (self.batch, self.inputs, self.outputs) = (batch, inputs, outputs)
    }

    func with(batch: Int) throws(KernelError) -> DenseGeometry {
        try DenseGeometry(batch: batch, inputs: inputs, outputs: outputs)
    }
}

/// What a kernel will be used for; what is not needed is not created.
public enum KernelPurpose: Sendable {
    case inference
    /// Training; the first layer has nobody to hand its input gradient to.
    case training(inputGradient: Bool)
}

/// Makes the contractions, where a program's time goes. Element-wise work is the same for every backend.
public protocol Backend: Sendable {
    var name: String { get }
    /// Whether an image's results are the same bytes whatever images are computed with it.
    var keepsBytesInBatches: Bool { get }

    /// Called once on each thread that will run kernels.
    func prepareThread()

    func dense(
        _ geometry: DenseGeometry, activation: Activation, purpose: KernelPurpose, scratch: Scratch
    ) throws(KernelError) -> any LinearKernel<Float>

    func convolution(
        _ geometry: ConvolutionGeometry, activation: Activation, purpose: KernelPurpose, scratch: Scratch
    ) throws(KernelError) -> any LinearKernel<Float>

    func transposedConvolution(
        _ geometry: TransposedConvolutionGeometry, activation: Activation, purpose: KernelPurpose, scratch: Scratch
    ) throws(KernelError) -> any LinearKernel<Float>
}
