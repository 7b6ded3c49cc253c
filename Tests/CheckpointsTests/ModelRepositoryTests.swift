import Autoencoders
import Foundation
import Kernels
import Tensors
import Testing

@testable import Checkpoints

@Suite struct ModelRepositoryTests {
    let folder: TemporaryFolder
    let repository: ModelRepository

    init() throws {
        folder = try TemporaryFolder()
        let backend = ReferenceBackend()
        repository = ModelRepository(
            bundled: ["\(folder.path)/bundled", "\(folder.path)/nowhere"], writable: "\(folder.path)/state/models",
            pool: KernelPool(workers: 2) { backend.prepareThread() }, backend: backend)
    }

    private func put(_ path: String, seed: UInt64) throws {
        try CheckpointFolder(path: "\(folder.path)/\(path)").publish(
            try Samples.checkpoint(seed: seed, withState: false))
    }

    private func weights(_ seed: UInt64) throws -> String {
        try Parameters(initialising: try ParameterLayout(Samples.configuration), seed: seed).checksum()
    }

    @Test func servesTheNewestVersionOfEachName() throws {
        try put("bundled/plain", seed: 1)
        try put("bundled/two/1", seed: 2)
        try put("bundled/two/10", seed: 3)
        try put("state/models/two/9", seed: 4)
        try put("bundled/UPPER/1", seed: 5)
        try put("bundled/two/.11.abc.partial", seed: 5)
        try put("bundled/two/012", seed: 5)
        #expect(repository.list().isEmpty)
        #expect(repository.scan() == [])
        #expect(repository.list().map(\.name) == ["plain", "two"])
        #expect(repository.list().map(\.versions) == [[1], [1, 9, 10]])
        #expect(repository.model(named: "plain")?.weightsChecksum == (try weights(1)))
        #expect(repository.model(named: "two")?.version == 10)
        #expect(repository.model(named: "two")?.weightsChecksum == (try weights(3)))
        #expect(repository.model(named: "UPPER") == nil)
        #expect(repository.model(named: "../bundled/two") == nil)
    }

    @Test func aServedModelTellsItsHistory() throws {
        try put("bundled/plain", seed: 1)
        repository.scan()
        let model = try #require(repository.model(named: "plain"))
        #expect(model.provenance?.dataset == "noise")
        #expect(model.metrics.map(\.epoch) == [1, 2])
        #expect(model.mapEpochs == [1, 2, 500])
        #expect(try model.map() == Samples.map(epoch: 2))
        #expect(try model.map(epoch: 500) == Samples.map(epoch: 500))
        #expect(try model.map(epoch: 3) == nil)
        try FileManager.default.removeItem(atPath: "\(folder.path)/bundled")
        #expect(try model.map() == Samples.map(epoch: 2))
    }

    @Test func aBrokenModelIsReportedAndOthersServe() throws {
        try put("bundled/good/1", seed: 1)
        try put("bundled/bad/1", seed: 1)
        try folder.write([1, 2, 3], to: "bundled/bad/1/model.safetensors")
        repository.scan()
        #expect(repository.list().map(\.name) == ["bad", "good"])
        let reason = "'model.safetensors': The file has 3 bytes; its header's length alone takes 8."
        #expect(repository.listing(named: "bad")?.state == .failed(reason: reason))
        #expect(repository.model(named: "bad") == nil)
        #expect(repository.listing(named: "good")?.state == .ready)
    }

    @Test func aBrokenNewVersionLeavesTheOldOne() throws {
        try put("bundled/model/1", seed: 1)
        try put("bundled/model/2", seed: 2)
        try folder.write([], to: "bundled/model/2/config.json")
        repository.scan()
        let listing = try #require(repository.listing(named: "model"))
        #expect(listing.state == .ready)
        #expect(listing.served?.version == 1)
        #expect(listing.failure?.version == 2)
        // Repaired, it is taken up; and a rescan does not load again what is served.
        try put("bundled/model/2", seed: 2)
        repository.scan()
        let second = try #require(repository.model(named: "model"))
        #expect(second.version == 2)
        repository.scan()
        #expect(repository.model(named: "model") === second)
    }

    /// Damage to the weights of version 2: the reason is told, version 1 serves, and so does the other model.
    @Test(arguments: [
        ("truncated", "but the file has"), ("over-long", "but the file has"), ("bit-flipped", "The data are damaged"),
        ("overlapping", "begins at 0, inside the tensor that ends at"),
        ("wrong shape", "has the shape [3]; expected [2]"),
        ("empty", "The file has 0 bytes"), ("missing", "has no 'model.safetensors'"),
    ])
    func damagedWeightsAreRefused(damage: String, reason: String) throws {
        try put("bundled/other", seed: 1)
        try put("bundled/model/1", seed: 1)
        try put("bundled/model/2", seed: 2)
        let path = "\(folder.path)/bundled/model/2"
        var bytes = try #require(try WholeFile.read("model.safetensors", in: path, limit: 1 << 20))
        switch damage {
        case "truncated": bytes.removeLast()
        case "over-long": bytes.append(0)
        case "bit-flipped": bytes[bytes.count - 3] ^= 4
        case "overlapping":
            var content = SafetensorsContent()
            try content.add("a", shape: [4], bytes: [1, 2, 3, 4])
            try content.add("b", shape: [4], bytes: [1, 2, 3, 4])
            bytes = Array(String(decoding: content.bytes(), as: UTF8.self).replacing("[4,8]", with: "[0,4]").utf8)
        case "wrong shape":
            let layout = try ParameterLayout(Samples.configuration)
            var content = SafetensorsContent()
            for entry in layout.entries {
                try content.add(entry.name, try Tensor(zeros: entry.name == "mean.bias" ? [3] : entry.shape))
            }
            bytes = content.bytes()
        default: bytes = []
        }
        try folder.write(bytes, to: "bundled/model/2/model.safetensors")
        if damage == "missing" { try FileManager.default.removeItem(atPath: "\(path)/model.safetensors") }
        repository.scan()
        let listing = try #require(repository.listing(named: "model"))
        #expect(listing.served?.version == 1)
        #expect(listing.versions == [1, 2])
        #expect(listing.failure?.version == 2)
        #expect(listing.failure?.reason.contains(reason) == true, "\(String(describing: listing.failure))")
        #expect(repository.model(named: "other") != nil)
    }

    @Test func aPublishedModelIsServedAtOnce() throws {
        try put("bundled/model", seed: 1)
        repository.scan()
        let old = try #require(repository.model(named: "model"))
        try put("training/run", seed: 7)
        let run = CheckpointFolder(path: "\(folder.path)/training/run")
        let new = try repository.publish(run, as: "model")
        #expect(new.version == 2)
        #expect(repository.model(named: "model") === new)
        #expect(try new.map() == Samples.map(epoch: 2))
        #expect(!run.exists)
        #expect(CheckpointFolder(path: "\(folder.path)/state/models/model/2").exists)
        #expect(old.weightsChecksum == (try weights(1)))
        repository.scan()
        #expect(repository.model(named: "model") === new)
        #expect(repository.listing(named: "model")?.versions == [1, 2])
    }

    /// Readers meanwhile see one whole version after another, never fewer and never none.
    @Test func lookUpsGoOnWhileVersionsArePublished() throws {
        try put("bundled/model", seed: 1)
        repository.scan()
        for seed in 2...6 { try put("training/\(seed)", seed: UInt64(seed)) }
        let expected = try (1...6).map { try weights(UInt64($0)) }
        let latents = try Tensor(zeros: [1, 2])
        let (path, repository) = (folder.path, repository)
        DispatchQueue.concurrentPerform(iterations: 3) { thread in
            if thread == 0 {
                for seed in 2...6 {
                    let run = CheckpointFolder(path: "\(path)/training/\(seed)")
                    #expect(throws: Never.self) { try repository.publish(run, as: "model") }
                }
                return
            }
            var last = 1
            while last < 6 {
                guard let model = repository.model(named: "model") else {
                    Issue.record("No model is served.")
                    return
                }
                #expect(model.version >= last)
                #expect(model.weightsChecksum == expected[model.version - 1])
                #expect(throws: Never.self) { try model.autoencoder.decode(latents) }
                last = model.version
            }
        }
        #expect(repository.listing(named: "model")?.versions == [1, 2, 3, 4, 5, 6])
    }

    @Test func whatCannotBeServedIsNotPublished() throws {
        try put("bundled/model", seed: 1)
        repository.scan()
        try put("training/run", seed: 7)
        try folder.write([], to: "training/run/model.safetensors")
        let run = CheckpointFolder(path: "\(folder.path)/training/run")
        #expect(throws: RepositoryError.self) { try repository.publish(run, as: "model") }
        #expect(repository.model(named: "model")?.version == 1)
        #expect(run.exists)
        for name in ["", "..", ".hidden", "a/b", "A", String(repeating: "a", count: 65)] {
            #expect(throws: RepositoryError.unusableName(name)) { try repository.publish(run, as: name) }
        }
    }

    @Test func aModelWhoseFolderIsGoneIsServedNoLonger() throws {
        try put("bundled/model", seed: 1)
        repository.scan()
        try FileManager.default.removeItem(atPath: "\(folder.path)/bundled/model")
        repository.scan()
        #expect(repository.list().isEmpty)
    }

    @Test func aFolderFromAnotherFileSystemIsCopied() throws {
        try put("training/run", seed: 7)
        try FolderMove.copy("\(folder.path)/training/run", to: "\(folder.path)/models/model/1")
        let copied = try CheckpointFolder(path: "\(folder.path)/models/model/1").checkpoint()
        #expect(try copied.parameters.checksum() == weights(7))
        #expect(copied.epochMaps.count == 3)
    }
}
