import Autoencoders
import Dispatch
import Foundation
import Glibc
import Kernels
import Tensors
import Testing

@testable import Checkpoints

@Suite struct MappedParametersTests {
    private let folder: TemporaryFolder
    private let checkpoint: CheckpointFolder
    private let latents: Tensor

    init() throws {
        folder = try TemporaryFolder()
        checkpoint = CheckpointFolder(path: "\(folder.path)/models/model/1")
        latents = try Tensor(shape: [1, 2], values: [0.5, -1])
        try checkpoint.publish(try Samples.checkpoint(seed: 1, withState: false))
    }

    private var weights: String { "\(checkpoint.path)/model.safetensors" }

    private func length() throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: weights)[.size] as? Int)
    }

    private func autoencoder(
        _ model: (configuration: ModelConfiguration, parameters: any ParameterSource),
        _ backend: any Backend = ReferenceBackend()
    ) throws -> Autoencoder {
        try Autoencoder(
            configuration: model.configuration, parameters: model.parameters,
            pool: KernelPool(workers: 2) { backend.prepareThread() }, backend: backend)
    }

    private func repository() -> ModelRepository {
        let backend = ReferenceBackend()
        return ModelRepository(
            bundled: ["\(folder.path)/models"], writable: nil, pool: KernelPool(workers: 2) { backend.prepareThread() },
            backend: backend)
    }

    private func write(_ content: SafetensorsContent, shiftedBy shift: Int = 0) throws {
        var bytes = content.bytes()
        if shift > 0 {  // spaces at the header's end move the data
            bytes[0] += UInt8(shift)
            let end = 8 + Int(bytes[0]) + Int(bytes[1]) << 8 - shift
            bytes.insert(contentsOf: repeatElement(UInt8(ascii: " "), count: shift), at: end)
        }
        try Data(bytes).write(to: URL(fileURLWithPath: weights))
    }

    @Test(arguments: BackendChoice.available)
    func theBundledModelIsMappedAndComputesTheSame(choice: BackendChoice) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let bundled = CheckpointFolder(path: root.appendingPathComponent("deploy/models/mnist-2d/1").path)
        let (copied, mapped) = (try bundled.model(), try bundled.mappedModel())
        #expect(mapped.parameters is MappedParameters)
        #expect(try copied.parameters.checksum() == mapped.parameters.checksum())
        let backend = try choice.make()
        let latents = try Tensor(shape: [40, 2], values: (0..<80).map { Float($0) / 40 - 1 })
        let (one, other) = (try autoencoder(copied, backend), try autoencoder(mapped, backend))
        #expect(try one.decode(latents) == other.decode(latents))
        let images = try one.decode(latents)
        #expect(try one.encode(images) == other.encode(images))
    }

    /// Also in another order, and with a tensor between them that the model has no use for.
    @Test func theirOrderInTheFileIsOfNoMatter() throws {
        let expected = try checkpoint.model().parameters
        let decoded = try autoencoder(try checkpoint.model()).decode(latents)
        var content = SafetensorsContent()
        try content.add("a.num_batches_tracked", shape: [], integers: [3])
        for entry in expected.layout.entries {
            try content.add(entry.name, shape: entry.shape, floats: expected[entry])
        }
        try write(content)
        let model = try checkpoint.mappedModel()
        #expect(model.parameters is MappedParameters)
        #expect(model.parameters.layout != expected.layout)
        #expect(try model.parameters.checksum() == expected.checksum())
        #expect(try autoencoder(model).decode(latents) == decoded)
    }

    @Test(arguments: [1, 2, 3, 4])
    func numbersAtNoMultipleOfFourAreCopied(shift: Int) throws {
        let expected = try checkpoint.model().parameters
        var content = SafetensorsContent()
        for entry in expected.layout.entries {
            try content.add(entry.name, shape: entry.shape, floats: expected[entry])
        }
        try write(content, shiftedBy: shift)
        let model = try checkpoint.mappedModel()
        #expect(model.parameters is MappedParameters == (shift == 4))
        #expect(try model.parameters.checksum() == expected.checksum())
    }

    @Test func otherNumbersAreCopied() throws {
        let expected = try checkpoint.model().parameters
        var (members, data): ([String], [UInt8]) = ([], [])
        for entry in expected.layout.entries {
            let begin = data.count
            for value in expected[entry] {
                withUnsafeBytes(of: Double(value).bitPattern.littleEndian) { data.append(contentsOf: $0) }
            }
            members.append(
                "\"\(entry.name)\":{\"dtype\":\"F64\",\"shape\":\(entry.shape.dimensions),"
                    + "\"data_offsets\":[\(begin),\(data.count)]}")
        }
        let header = Array("{\(members.joined(separator: ","))}".utf8)
        let file = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header + data
        try Data(file).write(to: URL(fileURLWithPath: weights))
        let model = try checkpoint.mappedModel()
        #expect(model.parameters is Parameters)
        #expect(try model.parameters.checksum() == expected.checksum())
    }

    @Test func aNumberThatIsNoneIsNamed() throws {
        var parameters = try checkpoint.model().parameters
        let entry = parameters.layout.entries[2]
        parameters.values[entry.offset + 1] = .infinity
        var content = SafetensorsContent()
        for entry in parameters.layout.entries {
            try content.add(entry.name, shape: entry.shape, floats: parameters[entry])
        }
        try write(content)
        let error = CheckpointError.nonFinite(file: "model.safetensors", tensor: entry.name, index: 1)
        #expect(throws: error) { try checkpoint.mappedModel() }
        #expect(throws: error) { try checkpoint.model() }
    }

    /// Between its opening and the first pass, at every length that the header, the data and a page begin or end with.
    @Test func aFileThatIsCutOffBeforeItIsReadIsNotLoaded() throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: weights))
        let layout = try ParameterLayout(Samples.configuration)
        let header = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
        for length in [0, 1, 7, 8, 9, header - 1, header, header + 1, header + 64, bytes.count - 4, bytes.count - 1] {
            try bytes.write(to: URL(fileURLWithPath: weights))
            let file = try checkpoint.mappedWeights()
            #expect(truncate(weights, length) == 0)
            let change = FileChange.length(expected: bytes.count, actual: length)
            #expect(throws: CheckpointError.changed(file: "model.safetensors", change)) {
                try checkpoint.parameters(layout, in: file)
            }
        }
    }

    @Test func aFileThatIsCutOffBeforePlansAreMadeMakesNone() throws {
        let model = try checkpoint.mappedModel()
        let change = FileChange.length(expected: try length(), actual: 700)
        truncate(weights, 700)
        #expect(throws: CheckpointError.changed(file: "model.safetensors", change)) { try autoencoder(model) }
    }

    @Test func aFileThatIsCutOffBeforeAWorkersPlanGivesNoAnswer() throws {
        let model = try autoencoder(try checkpoint.mappedModel())
        let change = FileChange.length(expected: try length(), actual: 0)
        truncate(weights, 0)
        for _ in 0..<3 {
            #expect(throws: CheckpointError.changed(file: "model.safetensors", change)) { try model.decode(latents) }
        }
        #expect(throws: CheckpointError.self) { try model.warmUp() }
    }

    /// What is warm has its own copy.
    @Test func aFileThatIsCutOffLaterChangesNoAnswer() throws {
        let model = try autoencoder(try checkpoint.mappedModel())
        try model.warmUp()
        let before = try model.decode(latents)
        truncate(weights, 0)
        #expect(throws: CheckpointError.self) { try model.parameters.checksum() }
        #expect(try model.decode(latents) == before)
    }

    @Test func aServedModelOutlivesItsFile() throws {
        let repository = repository()
        repository.scan()
        let served = try #require(repository.model(named: "model"))
        let (before, sum, size) = (try served.autoencoder.decode(latents), served.weightsChecksum, try length())
        for length in [size - 1, 100, 0] {
            truncate(weights, length)
            let error = #expect(throws: RepositoryError.self) { try repository.load(named: "model") }
            #expect("\(error as Any)".contains("'model.safetensors'"))
            #expect(repository.model(named: "model") === served)
            #expect(try served.autoencoder.decode(latents) == before)
            #expect(served.weightsChecksum == sum)
        }
    }

    /// Whatever somebody does to the file meanwhile, a load ends with these weights or with an error.
    @Test func noLoadEverEndsWithOtherWeights() throws {
        let repository = repository()
        repository.scan()
        let sum = try #require(repository.model(named: "model")).weightsChecksum
        let decoded = try #require(repository.model(named: "model")).autoencoder.decode(latents)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: weights)))
        let (path, done) = (weights, DispatchSemaphore(value: 0))
        let worker = Thread {
            var random = RandomSource(seed: 1, stream: 0)
            for _ in 0..<300 {
                truncate(path, Int(random.uniform() * Float(bytes.count)))
                usleep(300)
                let descriptor = open(path, O_WRONLY)
                _ = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
                close(descriptor)
                usleep(2000)
            }
            done.signal()
        }
        worker.start()
        var (loaded, failed) = (0, 0)
        while done.wait(timeout: .now()) == .timedOut {
            if (try? repository.load(named: "model")) == nil { failed += 1 } else { loaded += 1 }
            let model = try #require(repository.model(named: "model"))
            #expect(model.weightsChecksum == sum)
            #expect(try model.autoencoder.decode(latents) == decoded)
        }
        #expect(loaded + failed > 10)
    }
}
