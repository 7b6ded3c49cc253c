import Autoencoders
import Foundation
import Tensors
import Testing

@testable import Checkpoints

@Suite struct CheckpointFolderTests {
    @Test func everythingComesBack() throws {
        let folder = try TemporaryFolder()
        let checkpoint = try Samples.checkpoint(seed: 3, withState: true)
        let target = CheckpointFolder(path: "\(folder.path)/deep/model")
        try target.publish(checkpoint)
        let read = try target.checkpoint()
        #expect(read.configuration == checkpoint.configuration)
        #expect(read.parameters == checkpoint.parameters)
        #expect(read.provenance == checkpoint.provenance)
        #expect(read.metrics == checkpoint.metrics)
        #expect(read.map == checkpoint.map)
        #expect(read.epochMaps == checkpoint.epochMaps)
        #expect(read.trainingState == checkpoint.trainingState)
        #expect(try target.mapEpochs() == [1, 2, 500])
    }

    @Test func theSameCheckpointIsTheSameBytes() throws {
        let checkpoint = try Samples.checkpoint(seed: 3, withState: true)
        let (first, second) = (try CheckpointFolder.files(of: checkpoint), try CheckpointFolder.files(of: checkpoint))
        #expect(first.map(\.path) == second.map(\.path))
        #expect(first.map(\.bytes) == second.map(\.bytes))
    }

    @Test func aSecondPublicationReplacesTheFirstWhole() throws {
        let folder = try TemporaryFolder()
        let target = CheckpointFolder(path: "\(folder.path)/model")
        try target.publish(try Samples.checkpoint(seed: 1, withState: true))
        let second = try Samples.checkpoint(seed: 2, withState: false)
        try target.publish(second)
        #expect(try target.model().parameters == second.parameters)
        #expect(try target.trainingState(second.parameters.layout) == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model"])
    }

    @Test func whatCannotBeWrittenLeavesNothing() throws {
        let folder = try TemporaryFolder()
        var checkpoint = try Samples.checkpoint(seed: 1, withState: false)
        checkpoint.parameters.values[3] = .nan
        #expect(throws: CheckpointError.nonFinite(file: "model.safetensors", tensor: "encoder.0.weight", index: 3)) {
            try CheckpointFolder(path: "\(folder.path)/model").publish(checkpoint)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test func aMissingFileIsNamed() throws {
        let folder = try TemporaryFolder()
        #expect(throws: CheckpointError.missingFile("config.json")) { try CheckpointFolder(path: folder.path).model() }
        try folder.write(Array(try Samples.configuration.json()), to: "config.json")
        #expect(throws: CheckpointError.missingFile("model.safetensors")) {
            try CheckpointFolder(path: folder.path).model()
        }
    }

    @Test func tensorsMustBeThoseOfTheConfiguration() throws {
        let layout = try ParameterLayout(Samples.configuration)
        let parameters = Parameters(initialising: layout, seed: 1)
        func read(_ change: (inout [String: Tensor]) throws -> Void) throws {
            let folder = try TemporaryFolder()
            var tensors: [String: Tensor] = [:]
            for entry in layout.entries {
                tensors[entry.name] = try Tensor(shape: entry.shape, values: Array(parameters[entry]))
            }
            try change(&tensors)
            var content = SafetensorsContent()
            for (name, tensor) in tensors { try content.add(name, tensor) }
            try folder.write(Array(try Samples.configuration.json()), to: "config.json")
            try folder.write(content.bytes(), to: "model.safetensors")
            let model = try CheckpointFolder(path: folder.path).model()
            #expect(model.parameters == parameters)
        }
        let file = "model.safetensors"
        try read { $0["encoder.0.batch_norm.num_batches_tracked"] = try Tensor(shape: [], values: [7]) }
        #expect(throws: CheckpointError.tensors(file: file, reason: .missingTensor("mean.bias"))) {
            try read { $0["mean.bias"] = nil }
        }
        #expect(throws: CheckpointError.unexpectedTensor(file: file, tensor: "more")) {
            try read { $0["more"] = try Tensor(shape: [1], values: [7]) }
        }
        #expect(
            throws: CheckpointError.tensors(
                file: file, reason: .shapeMismatch(tensor: "mean.bias", expected: [2], actual: [3]))
        ) { try read { $0["mean.bias"] = try Tensor(zeros: [3]) } }
        #expect(throws: CheckpointError.nonFinite(file: file, tensor: "mean.bias", index: 1)) {
            try read { $0["mean.bias"] = try Tensor(shape: [2], values: [0, .infinity]) }
        }
    }

    @Test(arguments: [
        ("{", "config.json", "'config.json': "),
        ("{\"name\":1}", "provenance.json", "'provenance.json' is not the JSON"),
        ("{}\n", "metrics.jsonl", "'metrics.jsonl': Line 1 is not the JSON"),
        ("short", "map.safetensors", "'map.safetensors': The file has 5 bytes"),
        ("short", "epochs/epoch-0002.safetensors", "'epochs/epoch-0002.safetensors': The file has 5 bytes"),
        ("[]", "training.json", "'training.json' is not the JSON"),
    ])
    func unsoundFilesAreNamed(text: String, file: String, message: String) throws {
        let folder = try TemporaryFolder()
        let target = CheckpointFolder(path: "\(folder.path)/model")
        try target.publish(try Samples.checkpoint(seed: 1, withState: true))
        try folder.write(Array(text.utf8), to: "model/\(file)")
        let error = #expect(throws: CheckpointError.self) { try target.checkpoint() }
        #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
    }

    @Test func otherThingsInAFilesPlaceAreRefused() throws {
        let folder = try TemporaryFolder()
        let target = CheckpointFolder(path: "\(folder.path)/model")
        try target.publish(try Samples.checkpoint(seed: 1, withState: false))
        let file = "\(target.path)/config.json"
        for make in [
            { symlink("/etc/hostname", file) }, { mkfifo(file, 0o644) }, { mkdir(file, 0o755) },
        ] {
            try FileManager.default.removeItem(atPath: file)
            #expect(make() == 0)
            #expect(throws: CheckpointError.self) { try target.configuration() }
        }
    }
}
