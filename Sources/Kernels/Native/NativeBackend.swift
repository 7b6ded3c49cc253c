/// Our own kernels: every contraction is a list of products of small matrices that stay in registers and near caches.
public struct NativeBackend: Backend {
    public var name: String { "native-\(instructionSet)" }
    public let keepsBytesInBatches = true
    private let instructionSet: InstructionSet

    /// - Parameter instructionSet: one that this processor has.
    init(_ instructionSet: InstructionSet) { self.instructionSet = instructionSet }

    public init(requiring instructionSet: InstructionSet) throws(KernelError) {
        guard InstructionSet.available.contains(instructionSet) else {
            throw .backendUnavailable("native-\(instructionSet)")
        }
        self.instructionSet = instructionSet
    }

    public func prepareThread() {}

    public func dense(
        _ geometry: DenseGeometry, activation: Activation, purpose: KernelPurpose, scratch: Scratch
    ) -> any LinearKernel<Float> {
        NativeDenseKernel(geometry, activation: activation, purpose: purpose, instructionSet)
    }

    public func convolution(
        _ geometry: ConvolutionGeometry, activation: Activation, purpose: KernelPurpose, scratch: Scratch
    ) -> any LinearKernel<Float> {
        NativeConvolutionKernel(
            geometry, activation: activation, purpose: purpose, instructionSet, scratch: scratch)
    }

    public func transposedConvolution(
        _ geometry: TransposedConvolutionGeometry, activation: Activation, purpose: KernelPurpose, scratch: Scratch
    ) -> any LinearKernel<Float> {
        NativeTransposedConvolutionKernel(
            geometry, activation: activation, purpose: purpose, instructionSet, scratch: scratch)
    }
}
