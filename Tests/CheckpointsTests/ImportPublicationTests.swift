import Autoencoders
import Foundation
import Kernels
import Testing

@testable import Checkpoints

@Suite struct ImportPublicationTests {
    private let folder: TemporaryFolder
    private let checkpoint: Checkpoint

    init() throws {
        folder = try TemporaryFolder()
        checkpoint = try Samples.checkpoint(seed: 6, withState: false)
    }

    private func repository(_ root: String) -> ModelRepository {
        let backend = ReferenceBackend()
        return ModelRepository(
            bundled: [], writable: root, pool: KernelPool(workers: 1) { backend.prepareThread() }, backend: backend)
    }

    private func content(_ path: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/\(path)").sorted()
    }

    @Test func aCheckpointInMemoryBecomesTheNextVersion() throws {
        let repository = repository("\(folder.path)/models")
        #expect(try repository.publish(checkpoint, as: "mine").version == 1)
        #expect(try repository.publish(checkpoint, as: "mine", version: 7).version == 7)
        #expect(try repository.publish(checkpoint, as: "mine").version == 8)
        #expect(try content("models") == ["mine"])
        #expect(try content("models/mine") == ["1", "7", "8"])
        #expect(try CheckpointFolder(path: "\(folder.path)/models/mine/7").model().parameters == checkpoint.parameters)
        #expect(repository.listing(named: "mine")?.versions == [1, 7, 8])
    }

    @Test(arguments: [
        ("mine", 2, "'mine' has versions up to 2; a new one is 3 or above, not 2."),
        ("mine", 1, "'mine' has versions up to 2; a new one is 3 or above, not 1."),
        ("mine", 0, "The version is 0; expected 1 to 999999999."),
        ("mine", 1_000_000_000, "The version is 1000000000; expected 1 to 999999999."),
        ("mine", Int.min, "The version is \(Int.min); expected 1 to 999999999."),
        ("../mine", 3, "'../mine' cannot name a model"), ("a/b", 3, "'a/b' cannot name a model"),
        (".", 3, "'.' cannot name a model"), ("", 3, "'' cannot name a model"), ("a@b", 3, "'a@b' cannot name a model"),
    ])
    func whatIsNotNewOrNoNameIsRefused(name: String, version: Int, words: String) throws {
        let repository = repository("\(folder.path)/models")
        _ = try repository.publish(checkpoint, as: "mine", version: 2)
        do {
            _ = try repository.publish(checkpoint, as: name, version: version)
            Issue.record("published")
        } catch {
            #expect("\(error)".hasPrefix(words), "\(error)")
        }
        #expect(try content("models") == ["mine"])
        #expect(try content("models/mine") == ["2"])
    }

    @Test func aFolderThatTakesNothingIsToldAndHoldsNothingAfterwards() throws {
        try folder.write([], to: "file")
        #expect(throws: RepositoryError.file(FileFault(.create, name: "file", code: ENOTDIR))) {
            try repository("\(folder.path)/file/models").publish(checkpoint, as: "mine")
        }
        #expect(throws: RepositoryError.file(FileFault(.create, name: "mine", code: ENOENT))) {
            try repository("/proc").publish(checkpoint, as: "mine")
        }
    }

    @Test func whatAKilledImportLeftIsRemoved() throws {
        for name in [".mine@import.x.partial", ".mine.x@import.x.partial", ".other@import.x.partial"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/\(name)", withIntermediateDirectories: false)
        }
        _ = try repository(folder.path).publish(checkpoint, as: "mine")
        #expect(try content() == [".mine.x@import.x.partial", ".other@import.x.partial", "mine"])
    }

    @Test func aVersionIsFoundByListing() throws {
        let (first, second) = ("\(folder.path)/a", "\(folder.path)/b")
        _ = try repository(first).publish(checkpoint, as: "mine")
        _ = try repository(second).publish(checkpoint, as: "mine", version: 3)
        let roots = [first, second, "\(folder.path)/nowhere"]
        #expect(try ModelVersion("mine").found(in: roots).version == 3)
        #expect(try ModelVersion("mine/1").found(in: roots).folder.path == "\(first)/mine/1")
        #expect(throws: RepositoryError.versionNotFound(name: "mine", version: 2, known: [1, 3])) {
            try ModelVersion("mine/2").found(in: roots)
        }
        #expect(throws: RepositoryError.notFound(name: "other")) { try ModelVersion("other").found(in: roots) }
        for text in ["mine/", "mine/01", "mine/0", "mine/+1", "mine/1/2", "../mine", "mine/99999999999999999999"] {
            #expect(throws: RepositoryError.unusableName(text)) { try ModelVersion(text) }
        }
    }
}
