import Autoencoders
import Foundation
import Kernels
import Tensors
import Testing

@testable import Checkpoints

/// Folders that PyTorch and the safetensors package for Python wrote.
@Suite struct InterchangeTests {
    private static func fixture(_ name: String) -> CheckpointFolder {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        return CheckpointFolder(path: tests.appendingPathComponent("Fixtures/\(name)").path)
    }

    @Test(arguments: ["from_pytorch", "from_pytorch_batch_norm"])
    func aCheckpointFromPyTorchComputesTheSame(name: String) throws {
        let folder = Self.fixture(name)
        let (configuration, parameters) = try folder.model()
        let backend = ReferenceBackend()
        let model = try Autoencoder(
            configuration: configuration, parameters: parameters,
            pool: KernelPool(workers: 1) { backend.prepareThread() }, backend: backend)
        let expected = try folder.tensors("expected.safetensors")
        let encoding = try model.encode(try expected.floats("images"))
        #expect(difference(encoding.mean, try expected.floats("mean")) < 1e-5)
        #expect(difference(encoding.logVariance, try expected.floats("log_variance")) < 1e-5)
        let decoded = try model.decode(try expected.floats("latents"))
        #expect(difference(decoded, try expected.floats("decoded")) < 1e-5)
    }

    @Test(arguments: ["from_pytorch", "from_pytorch_batch_norm"])
    func ourWriterMakesTheBytesThatPythonsMakes(name: String) throws {
        let folder = Self.fixture(name)
        for file in ["model.safetensors", "expected.safetensors"] {
            let original = try folder.required(file, limit: 1 << 20)
            let read = try SafetensorsFile(original)
            var content = SafetensorsContent(metadata: read.metadata)
            for name in read.names { try content.add(name, try read.floats(name)) }
            #expect(content.bytes() == original)
        }
    }

    private func difference(_ a: Tensor, _ b: Tensor) -> Float {
        guard a.shape == b.shape else { return .infinity }
        return zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
    }
}
