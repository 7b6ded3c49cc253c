/// Which compute backend to use.
public enum BackendChoice: String, Sendable, CaseIterable {
    /// Our own kernels on the widest vectors of this processor.
    case automatic = "auto"
    case avx512 = "native-avx512"
    case avx2 = "native-avx2"
    case portable = "native-portable"
    case onednn
    case reference

    /// Those that this build has and this processor can run, each named once.
    public static var available: [BackendChoice] {
        allCases.filter { $0 != .automatic && (try? $0.make()) != nil }
    }

    public func make() throws(KernelError) -> any Backend {
        switch self {
        case .automatic: NativeBackend(.best)
        case .avx512: try NativeBackend(requiring: .avx512)
        case .avx2: try NativeBackend(requiring: .avx2)
        case .portable: NativeBackend(.portable)
        case .onednn: try OneDNNBackend()
        case .reference: ReferenceBackend()
        }
    }
}
