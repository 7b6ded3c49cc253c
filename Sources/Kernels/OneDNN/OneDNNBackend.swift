import COneDNN

/// oneDNN 2.x or 3.x, one thread a worker: its direct convolutions reach the machine's matrix-product speed.
public struct OneDNNBackend: Backend {
    public let name = "onednn"
    /// It chooses its kernels by the batch as well.
    public let keepsBytesInBatches = false

    /// The library's version, e.g. 2.6.3, nil where this build has none.
    public static var version: String? {
        let version = Int(latentd_onednn_version())
        return version == 0 ? nil : "\(version / 10_000).\(version / 100 % 100).\(version % 100)"
    }

    public init() throws(KernelError) {
        guard Self.version != nil else { throw .backendUnavailable("onednn") }
    }

    public func prepareThread() { latentd_onednn_use_one_thread() }

    public func dense(
        _ geometry: DenseGeometry, activation: Activation, purpose: KernelPurpose, scratch: Scratch
    ) -> any LinearKernel<Float> {
        OneDNNDenseKernel(geometry, activation: activation)
    }

    public func convolution(
        _ geometry: ConvolutionGeometry, activation: Activation, purpose: KernelPurpose, scratch: Scratch
    ) throws(KernelError) -> any LinearKernel<Float> {
        try OneDNNConvolutionKernel(geometry, activation: activation, purpose: purpose)
    }

    public func transposedConvolution(
        _ geometry: TransposedConvolutionGeometry, activation: Activation, purpose: KernelPurpose, scratch: Scratch
    ) throws(KernelError) -> any LinearKernel<Float> {
        try OneDNNTransposedConvolutionKernel(
            geometry, activation: activation, purpose: purpose, scratch: scratch)
    }
}
