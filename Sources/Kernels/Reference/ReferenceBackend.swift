/// Plain Swift: the oracle of the tests, and what runs where oneDNN is missing.
public struct ReferenceBackend: Backend {
    public let name = "reference"
    public let keepsBytesInBatches = true

    public init() {}

    public func prepareThread() {}

    public func dense(
        _ geometry: DenseGeometry, activation: Activation, purpose: KernelPurpose, scratch: Scratch
    ) -> any LinearKernel<Float> {
        ReferenceDenseKernel(geometry, activation: activation)
    }

    public func convolution(
        _ geometry: ConvolutionGeometry, activation: Activation, purpose: KernelPurpose, scratch: Scratch
    ) -> any LinearKernel<Float> {
        ReferenceConvolutionKernel(geometry, activation: activation)
    }

    public func transposedConvolution(
        _ geometry: TransposedConvolutionGeometry, activation: Activation, purpose: KernelPurpose, scratch: Scratch
    ) -> any LinearKernel<Float> {
        ReferenceTransposedConvolutionKernel(geometry, activation: activation)
    }
}
