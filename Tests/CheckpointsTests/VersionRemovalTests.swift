import Foundation
import Kernels
import Tensors
import Testing

@testable import Checkpoints

/// Versions taken off the disk.
@Suite struct VersionRemovalTests {
    let folder: TemporaryFolder
    let repository: ModelRepository
    private var models: String { "\(folder.path)/state/models" }

    init() throws {
        folder = try TemporaryFolder()
        let backend = ReferenceBackend()
        repository = ModelRepository(
            bundled: ["\(folder.path)/bundled"], writable: "\(folder.path)/state/models",
            pool: KernelPool(workers: 2) { backend.prepareThread() }, backend: backend)
        try put("bundled/model/1", seed: 1)
        for version in 2...3 { try put("state/models/model/\(version)", seed: UInt64(version)) }
        repository.scan()
    }

    private func put(_ path: String, seed: UInt64) throws {
        try CheckpointFolder(path: "\(folder.path)/\(path)").publish(
            try Samples.checkpoint(seed: seed, withState: false))
    }

    private var listing: ModelListing? { repository.listing(named: "model") }
    private func entries() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(models)/model").sorted()
    }

    @Test func theNewestOfTheOthersTakesOver() throws {
        let old = try #require(repository.model(named: "model"))
        try repository.remove(version: 3, of: "model")
        #expect(listing?.served?.version == 2 && listing?.versions == [1, 2])
        #expect(try entries() == [".removed", "2"])
        // Who had it still has all of it.
        #expect(try old.autoencoder.decode(try Tensor(zeros: [1, 2])).rows == 1)
        #expect(try old.map() != nil)
        try repository.remove(version: 2, of: "model")
        #expect(listing?.served?.version == 1 && listing?.versions == [1])
    }

    @Test func anOlderOneChangesNothing() throws {
        let served = try #require(repository.model(named: "model"))
        try repository.remove(version: 2, of: "model")
        #expect(repository.model(named: "model") === served)
        #expect(listing?.versions == [1, 3])
    }

    @Test func withoutOthersTheModelIsGone() throws {
        try put("state/models/alone/1", seed: 1)
        repository.scan()
        try repository.remove(version: 1, of: "alone")
        #expect(repository.listing(named: "alone") == nil)
        repository.scan()
        #expect(repository.listing(named: "alone") == nil)
    }

    @Test func whatIsRefused() throws {
        #expect(throws: RepositoryError.notFound(name: "absent")) { try repository.remove(version: 1, of: "absent") }
        #expect(throws: RepositoryError.noVersion(name: "model", version: 9, known: [1, 2, 3])) {
            try repository.remove(version: 9, of: "model")
        }
        #expect(throws: RepositoryError.notPublished(name: "model", version: 1)) {
            try repository.remove(version: 1, of: "model")
        }
        // A checkpoint that is the model's folder itself: it would take the others with it.
        try put("state/models/flat", seed: 1)
        try put("state/models/flat/2", seed: 2)
        repository.scan()
        #expect(throws: RepositoryError.notPublished(name: "flat", version: 1)) {
            try repository.remove(version: 1, of: "flat")
        }
        #expect(repository.listing(named: "flat")?.versions == [1, 2])
    }

    @Test func aNumberIsGivenOnce() throws {
        for expected in 4...5 {
            try put("training/run", seed: 7)
            let model = try repository.publish(CheckpointFolder(path: "\(folder.path)/training/run"), as: "model")
            #expect(model.version == expected)
            try repository.remove(version: model.version, of: "model")
            #expect(listing?.served?.version == 3)
        }
        try repository.remove(version: 2, of: "model")
        try put("training/run", seed: 7)
        #expect(try repository.publish(CheckpointFolder(path: "\(folder.path)/training/run"), as: "model").version == 6)
    }

    @Test func unloadedItStaysUnloaded() throws {
        try repository.unload(named: "model")
        try repository.remove(version: 3, of: "model")
        #expect(listing?.state == .unloaded && listing?.versions == [1, 2])
        #expect(try repository.load(named: "model").version == 2)
    }

    @Test func aDamagedOneGoesWithItsReason() throws {
        for version in 4...5 {
            try put("state/models/model/\(version)", seed: 1)
            try folder.write([1], to: "state/models/model/\(version)/model.safetensors")
        }
        repository.scan()
        #expect(listing?.failure?.version == 5)
        try repository.remove(version: 5, of: "model")
        #expect(listing?.failure == nil && listing?.served?.version == 3)
        try put("state/models/bad/1", seed: 1)
        try put("state/models/bad/2", seed: 1)
        for version in 1...2 { try folder.write([1], to: "state/models/bad/\(version)/model.safetensors") }
        repository.scan()
        try repository.remove(version: 2, of: "bad")
        #expect(repository.listing(named: "bad")?.failure?.version == 1)
    }

    /// Killed after the version was hidden, a removal is finished at the next start.
    @Test func aKilledRemovalIsFinished() throws {
        try FileManager.default.moveItem(atPath: "\(models)/model/3", toPath: "\(models)/model/.3.abc.partial")
        repository.scan()
        #expect(try entries() == ["2"])
        #expect(listing?.versions == [1, 2])
    }

    @Test func aFolderThatCannotBeChangedKeepsTheVersion() throws {
        let served = try #require(repository.model(named: "model"))
        // Not even root writes over a folder.
        try FileManager.default.createDirectory(
            atPath: "\(models)/model/.removed", withIntermediateDirectories: true)
        #expect(throws: RepositoryError.self) { try repository.remove(version: 3, of: "model") }
        #expect(repository.model(named: "model") === served)
        #expect(listing?.versions == [1, 2, 3])
    }
}
