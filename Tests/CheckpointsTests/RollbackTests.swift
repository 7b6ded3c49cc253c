import Foundation
import Kernels
import Testing

@testable import Checkpoints

/// Back to earlier versions, and forward again.
@Suite struct RollbackTests {
    let folder: TemporaryFolder
    let repository: ModelRepository
    private var shelf: String { "\(folder.path)/state/models/model" }

    init() throws {
        folder = try TemporaryFolder()
        repository = Self.repository(folder)
        try put("bundled/model/1", seed: 1)
        for version in 2...3 { try put("state/models/model/\(version)", seed: UInt64(version)) }
        repository.scan()
    }

    private static func repository(_ folder: TemporaryFolder) -> ModelRepository {
        ModelRepository(
            bundled: ["\(folder.path)/bundled"], writable: "\(folder.path)/state/models",
            pool: KernelPool(workers: 1, prepareThread: {}), backend: ReferenceBackend())
    }

    private func put(_ path: String, seed: UInt64) throws {
        try CheckpointFolder(path: "\(folder.path)/\(path)").publish(
            try Samples.checkpoint(seed: seed, withState: false))
    }

    private func publish() throws -> Int {
        try put("run", seed: 9)
        return try repository.publish(CheckpointFolder(path: "\(folder.path)/run"), as: "model").version
    }

    private var served: Int? { repository.model(named: "model")?.version }

    /// What a daemon that starts now would serve.
    private var afterRestart: Int? {
        let repository = Self.repository(folder)
        repository.scan()
        return repository.model(named: "model")?.version
    }

    @Test func backByOneAndForwardWithANewOne() throws {
        #expect(try repository.rollBack("model").version == 2)
        #expect(served == 2 && afterRestart == 2)
        #expect(repository.listing(named: "model")?.versions == [1, 2, 3])
        repository.scan()
        #expect(served == 2)
        #expect(try repository.rollBack("model").version == 1)
        #expect(served == 1 && afterRestart == 1)
        let error = RepositoryError.noPreviousVersion(name: "model", version: 1)
        #expect(throws: error) { try repository.rollBack("model") }
        #expect(served == 1 && afterRestart == 1)
        #expect(try publish() == 4)
        #expect(served == 4 && afterRestart == 4)
        // 2 and 3 were set aside.
        #expect(try repository.rollBack("model").version == 1)
        #expect(served == 1 && afterRestart == 1)
    }

    @Test func aLaterVersionTakesItBack() throws {
        try repository.rollBack("model", to: 1)
        #expect(served == 1 && afterRestart == 1)
        try repository.rollBack("model", to: 3)
        #expect(served == 3 && afterRestart == 3)
        #expect(throws: RepositoryError.noVersion(name: "model", version: 9, known: [1, 2, 3])) {
            try repository.rollBack("model", to: 9)
        }
        #expect(throws: RepositoryError.notFound(name: "absent")) { try repository.rollBack("absent") }
        #expect(throws: RepositoryError.notFound(name: "../model")) { try repository.rollBack("../model") }
    }

    @Test func loadingAndRemovingKeepIt() throws {
        try repository.rollBack("model")
        try repository.unload(named: "model")
        #expect(try repository.load(named: "model").version == 2)
        try repository.remove(version: 2, of: "model")
        #expect(served == 1 && afterRestart == 1, "3 is still set aside")
        try repository.unload(named: "model")
        try repository.rollBack("model", to: 1)
        #expect(repository.listing(named: "model")?.state == .ready)
    }

    @Test func whereOnlyTheOnesSetAsideAreLeftTheyAreServed() throws {
        try put("state/models/other/1", seed: 1)
        try put("state/models/other/2", seed: 2)
        repository.scan()
        try repository.rollBack("other")
        try repository.remove(version: 1, of: "other")
        #expect(repository.model(named: "other")?.version == 2)
    }

    /// The folder of a model that came with the program is only read, so the record lies where models are published.
    @Test func modelsThatComeWithTheProgram() throws {
        for version in 1...2 { try put("bundled/given/\(version)", seed: UInt64(version)) }
        repository.scan()
        try repository.rollBack("given")
        #expect(repository.model(named: "given")?.version == 1)
        let other = Self.repository(folder)
        other.scan()
        #expect(other.model(named: "given")?.version == 1)
        #expect(other.listing(named: "given")?.versions == [1, 2])
    }

    @Test func aDamagedVersionChangesNothing() throws {
        try folder.write([1, 2, 3], to: "state/models/model/2/model.safetensors")
        let error = #expect(throws: RepositoryError.self) { try repository.rollBack("model") }
        guard case .notLoaded("model", version: 2, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(served == 3 && afterRestart == 3)
        try repository.rollBack("model", to: 1)
        #expect(served == 1)
    }

    @Test(arguments: ["", "x y\n", "2\n", "2 3 4\n", "99999999999999999999 1\n", "\u{0}"])
    func aRecordThatCannotBeUnderstoodCountsAsNone(text: String) throws {
        try folder.write(Array(text.utf8), to: "state/models/model/.rollback")
        #expect(afterRestart == 3)
        try repository.rollBack("model")
        #expect(afterRestart == 2)
    }
}
