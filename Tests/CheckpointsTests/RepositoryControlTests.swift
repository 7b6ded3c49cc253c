import Foundation
import Kernels
import Synchronization
import Tensors
import Testing

@testable import Checkpoints

/// Models taken in and out of service by hand.
@Suite struct RepositoryControlTests {
    let folder: TemporaryFolder
    let repository: ModelRepository

    init() throws {
        folder = try TemporaryFolder()
        let backend = ReferenceBackend()
        repository = ModelRepository(
            bundled: ["\(folder.path)/bundled"], writable: "\(folder.path)/state/models",
            pool: KernelPool(workers: 2) { backend.prepareThread() }, backend: backend)
        try put("bundled/model/1", seed: 1)
        repository.scan()
    }

    private func put(_ path: String, seed: UInt64) throws {
        try CheckpointFolder(path: "\(folder.path)/\(path)").publish(
            try Samples.checkpoint(seed: seed, withState: false))
    }

    private var state: ModelListing.State? { repository.listing(named: "model")?.state }

    @Test func unloadedItStaysSoUntilItIsLoaded() throws {
        try repository.unload(named: "model")
        #expect(repository.model(named: "model") == nil)
        #expect(state == .unloaded)
        try put("bundled/model/2", seed: 2)
        repository.scan()
        #expect(state == .unloaded)
        #expect(repository.listing(named: "model")?.versions == [1, 2])
        #expect(try repository.load(named: "model").version == 2)
        #expect(state == .ready)
        repository.scan()
        #expect(repository.model(named: "model")?.version == 2)
    }

    @Test func whoHasItFinishesWithIt() throws {
        var model = repository.model(named: "model")
        try repository.unload(named: "model")
        #expect(state == .unloading)
        #expect(try model?.autoencoder.decode(try Tensor(zeros: [1, 2])).rows == 1)
        model = nil
        #expect(state == .unloaded)
    }

    /// A load reads the disk anew, also the version that is served.
    @Test func theSameVersionIsReadAgain() throws {
        let old = try #require(repository.model(named: "model"))
        try put("bundled/model/1", seed: 5)
        let new = try repository.load(named: "model")
        #expect(new !== old)
        #expect(new.weightsChecksum != old.weightsChecksum)
    }

    @Test func aFailedLoadLeavesWhatIsServed() throws {
        let old = try #require(repository.model(named: "model"))
        try put("bundled/model/2", seed: 2)
        try folder.write([1, 2, 3], to: "bundled/model/2/model.safetensors")
        let reason = "'model.safetensors': The file has 3 bytes; its header's length alone takes 8."
        for _ in 0..<2 {
            #expect(throws: RepositoryError.notLoaded(name: "model", version: 2, reason: reason)) {
                try repository.load(named: "model")
            }
            #expect(repository.model(named: "model") === old)
            #expect(repository.listing(named: "model")?.failure?.reason == reason)
        }
        // Unloaded, it is not taken back by a load that fails.
        try repository.unload(named: "model")
        #expect(throws: RepositoryError.self) { try repository.load(named: "model") }
        #expect(repository.model(named: "model") == nil)
        try put("bundled/model/2", seed: 2)
        #expect(try repository.load(named: "model").version == 2)
        #expect(repository.listing(named: "model")?.failure == nil)
    }

    @Test func whatIsNotThere() throws {
        for name in ["absent", "", "../bundled/model", "model/1"] {
            #expect(throws: RepositoryError.notFound(name: name)) { try repository.load(named: name) }
            #expect(throws: RepositoryError.notFound(name: name)) { try repository.unload(named: name) }
            #expect(!repository.isOnDisk(name))
        }
        // Its folder gone, a served model stays until it is unloaded.
        try FileManager.default.removeItem(atPath: "\(folder.path)/bundled/model")
        #expect(throws: RepositoryError.notFound(name: "model")) { try repository.load(named: "model") }
        #expect(state == .ready)
    }

    @Test func aPublishedVersionIsServedAgain() throws {
        try repository.unload(named: "model")
        try put("training/run", seed: 7)
        let model = try repository.publish(CheckpointFolder(path: "\(folder.path)/training/run"), as: "model")
        #expect(repository.model(named: "model") === model)
        #expect(state == .ready)
    }

    /// Readers find a whole model or none, and what they have computes.
    @Test func cyclesUnderTraffic() throws {
        let repository = repository
        let latents = try Tensor(zeros: [1, 2])
        let expected = try #require(repository.model(named: "model")).autoencoder.decode(latents)
        let isDone = Atomic<Bool>(false)
        DispatchQueue.concurrentPerform(iterations: 3) { thread in
            if thread == 0 {
                for _ in 0..<50 {
                    #expect(throws: Never.self) { try repository.unload(named: "model") }
                    #expect(throws: Never.self) { try repository.load(named: "model") }
                }
                isDone.store(true, ordering: .releasing)
                return
            }
            while !isDone.load(ordering: .acquiring) {
                guard let model = repository.model(named: "model") else { continue }
                let result = try? model.autoencoder.decode(latents)
                #expect(result == expected)
            }
        }
        #expect(state == .ready)
    }
}
