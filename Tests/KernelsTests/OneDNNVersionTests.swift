import Glibc
import Testing

@testable import Kernels

/// A build that found another oneDNN, or none, would pass the other tests as well.
struct OneDNNVersionTests {
    @Test("oneDNN is the version that LATENTD_TEST_ONEDNN_VERSION names, where it names one")
    func version() {
        print("oneDNN: \(OneDNNBackend.version ?? "not built in")")
        if let expected = getenv("LATENTD_TEST_ONEDNN_VERSION") {
            #expect(OneDNNBackend.version == String(cString: expected))
        }
    }
}
