import Autoencoders
import Foundation
import Kernels
import Testing

@testable import Checkpoints

@Suite struct NamedVectorTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var store: NamedVectorStore {
        NamedVectorStore(folder: "\(folder.path)/state/vectors", writableModels: "\(folder.path)/state/models")
    }

    private func model(_ path: String, seed: UInt64 = 1) throws -> ServedModel {
        try CheckpointFolder(path: "\(folder.path)/\(path)/model/1").publish(
            try Samples.checkpoint(seed: seed, withState: false))
        let backend = ReferenceBackend()
        let repository = ModelRepository(
            bundled: ["\(folder.path)/\(path)"], writable: nil,
            pool: KernelPool(workers: 1) { backend.prepareThread() }, backend: backend)
        repository.scan()
        return try #require(repository.model(named: "model"))
    }

    private func vector(_ name: String, _ values: [Float] = [1, 2]) -> NamedVector {
        NamedVector(
            name: name, values: values, origin: .label(dataset: "d", split: "test", label: 3, with: 4, without: 5),
            createdAt: "2026-01-02T03:04:05.000Z")
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder.path)/\(path)") }

    @Test(arguments: [
        ("bundled", "state/vectors/model/1/vectors.safetensors"),
        ("state/models", "state/models/model/1/vectors.safetensors"),
    ])
    func vectorsOutliveTheProcess(models: String, file: String) throws {
        let model = try model(models)
        let first = store
        #expect(try first.put(vector("b"), of: model))
        #expect(try first.put(vector("a", [.leastNonzeroMagnitude, -0.0]), of: model))
        #expect(try !first.put(vector("b", [3, 4]), of: model))
        #expect(exists(file))
        let second = store
        #expect(try second.vectors(of: model) == [vector("a", [.leastNonzeroMagnitude, -0.0]), vector("b", [3, 4])])
        #expect(try second.remove(named: "b", of: model))
        #expect(try !second.remove(named: "b", of: model))
        #expect(try store.vectors(of: model).map(\.name) == ["a"])
        // The checkpoint itself is as good as before.
        #expect(throws: Never.self) { try model.folder.checkpoint() }
    }

    @Test func otherWeightsHaveNoVectors() throws {
        let store = store
        try store.put(vector("a"), of: try model("bundled"))
        let other = try model("bundled", seed: 2)
        #expect(try store.vectors(of: other).isEmpty)
        #expect(try self.store.vector(named: "a", of: other) == nil)
        #expect(try store.put(vector("b"), of: other))
        #expect(try self.store.vectors(of: other).map(\.name) == ["b"])
    }

    @Test func whatACheckpointBroughtIsReadUntilTheFirstChange() throws {
        let model = try model("bundled")
        var content = SafetensorsContent()
        try content.add("smile", shape: [2], floats: [1, 2])
        try folder.write(content.bytes(), to: "bundled/model/1/vectors.safetensors")
        let store = store
        #expect(
            try store.vectors(of: model) == [NamedVector(name: "smile", values: [1, 2], origin: nil, createdAt: nil)])
        #expect(try store.remove(named: "smile", of: model))
        #expect(try self.store.vectors(of: model).isEmpty)
    }

    @Test(arguments: [
        ("truncated", "cannot be read"), ("flipped", "The data are damaged"), ("shape", "has the shape [3]"),
        ("infinite", "is not a finite number"), ("empty", "The file has 0 bytes"),
    ])
    func aDamagedFileIsToldAndKept(damage: String, reason: String) throws {
        let model = try model("bundled")
        try store.put(vector("a"), of: model)
        let path = "state/vectors/model/1"
        var bytes = try #require(
            try WholeFile.read(NamedVectorFile.name, in: "\(folder.path)/\(path)", limit: 1 << 20))
        var content = SafetensorsContent()
        switch damage {
        case "truncated": bytes.removeLast()
        case "flipped": bytes[bytes.count - 1] ^= 1
        case "shape":
            try content.add("a", shape: [3], floats: [1, 2, 3])
            bytes = content.bytes()
        case "infinite":
            try content.add("a", shape: [2], floats: [1, .infinity])
            bytes = content.bytes()
        default: bytes = []
        }
        try folder.write(bytes, to: "\(path)/vectors.safetensors")
        let store = store
        let error = #expect(throws: NamedVectorError.self) { try store.vectors(of: model) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.description.contains(folder.path) == false)
        #expect(throws: NamedVectorError.self) { try store.put(vector("b"), of: model) }
        let kept = try WholeFile.read(NamedVectorFile.name, in: "\(folder.path)/\(path)", limit: 1 << 20)
        #expect(kept == bytes)
    }

    @Test func whatCannotBeKeptIsRefused() throws {
        let model = try model("bundled")
        let store = store
        for name in ["", "A", "..", ".a", "a/b", "__metadata__", String(repeating: "a", count: 65)] {
            #expect(throws: NamedVectorError.unusableName(name)) { try store.put(vector(name), of: model) }
        }
        #expect(throws: NamedVectorError.dimension(expected: 2, actual: 3)) {
            try store.put(vector("a", [1, 2, 3]), of: model)
        }
        #expect(throws: NamedVectorError.readOnly) {
            try NamedVectorStore(folder: nil).put(vector("a"), of: model)
        }
        let many = Dictionary(uniqueKeysWithValues: (0...1000).map { ("v\($0)", vector("v\($0)")) })
        #expect(throws: NamedVectorError.full(what: "named vectors", limit: 1000)) {
            try NamedVectorFile.check(many, dimension: 2)
        }
        #expect(throws: NamedVectorError.self) { try NamedVectorFile.check(["a": vector("a")], dimension: 1 << 23) }
    }

    @Test func aVersionThatIsGoneDoesNotComeBack() throws {
        let model = try model("state/models")
        try FileManager.default.removeItem(atPath: "\(folder.path)/state/models/model/1")
        let error = #expect(throws: NamedVectorError.self) { try store.put(vector("a"), of: model) }
        guard case .notWritten(let fault)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(fault.code == ENOENT)
        #expect(!exists("state/models/model/1"))
    }
}
