import Autoencoders
import Foundation
import Kernels
import Tensors
import Testing

@testable import Checkpoints

/// Weights of other programs held against a configuration, from files that need not mean well.
@Suite struct StateDictTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Tensors of `Samples.configuration`'s model by name.
    private static func tensors() throws -> [String: Tensor] {
        let parameters = Parameters(initialising: try ParameterLayout(Samples.configuration), seed: 4)
        return try parameters.layout.entries.reduce(into: [:]) {
            $0[$1.name] = try Tensor(shape: $1.shape, values: Array(parameters[$1]))
        }
    }

    private func write(_ tensors: [String: Tensor]) throws {
        var content = SafetensorsContent()
        for (name, tensor) in tensors { try content.add(name, tensor) }
        try folder.write(content.bytes(), to: "w.safetensors")
    }

    private func read(_ names: TensorNames = TensorNames()) throws -> StateDict {
        try StateDict(path: "\(folder.path)/w.safetensors", configuration: Samples.configuration, names: names)
    }

    /// The message of reading the file and taking its parameters, nil where both succeed.
    private func complaint(_ names: TensorNames = TensorNames()) -> String? {
        do {
            _ = try read(names).parameters()
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func theFixtureFromPyTorchComesInWhole() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let source = CheckpointFolder(path: tests.appendingPathComponent("Fixtures/from_pytorch_batch_norm").path)
        let (configuration, parameters) = try source.model()
        let link = "\(folder.path)/link.safetensors"
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: "\(source.path)/model.safetensors")
        let dict = try StateDict(path: link, configuration: configuration)
        #expect(try dict.parameters() == parameters)
        #expect(dict.rows.map(\.name) == parameters.layout.entries.map(\.name))
        #expect(dict.rows.allSatisfy { $0.problem == nil })
    }

    @Test(arguments: ["from_pytorch", "from_pytorch_batch_norm"])
    func whatComesOutIsWhatPyTorchWrote(name: String) throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let source = CheckpointFolder(path: tests.appendingPathComponent("Fixtures/\(name)").path)
        let (original, (configuration, parameters)) = (try source.tensors("model.safetensors"), try source.model())
        let bytes = try CheckpointFolder.weights(parameters, metadata: ["latentd_model": "mine/1"])
        let exported = try SafetensorsFile(bytes)
        #expect(exported.names.sorted() == original.names.filter { !StateDict.isUnused($0) }.sorted())
        for name in exported.names { #expect(try exported.floats(name) == original.floats(name)) }
        #expect(exported.metadata["format"] == "pt")
        #expect(exported.metadata["latentd_model"] == "mine/1")
        try folder.write(bytes, to: "w.safetensors")
        let dict = try StateDict(path: "\(folder.path)/w.safetensors", configuration: configuration)
        #expect(try dict.parameters() == parameters)
    }

    @Test func everythingThatDoesNotFitIsToldAtOnce() throws {
        var tensors = try Self.tensors()
        tensors["mean.weight"] = nil
        tensors["encoder.0.weight"] = try Tensor(shape: [3, 1, 5, 5], values: Array(repeating: 0, count: 75))
        tensors["fc.weight"] = try Tensor(shape: [2, 2], values: [0, 0, 0, 0])
        let weights = try #require(tensors["log_variance.weight"])
        var values = weights.values
        values[5] = .nan
        tensors["log_variance.weight"] = try Tensor(shape: weights.shape, values: values)
        try write(tensors)
        #expect(
            complaint()
                == "'w.safetensors' does not fit the configuration: 'encoder.0.weight' has the shape [3x1x5x5]; expected "
                + "[3x1x3x3]; 'mean.weight' is missing; expected a shape of [\(weights.shape)]; element 5 of 'log_variance.weight' is "
                + "not a finite number; 'fc.weight' of shape [2x2] belongs to no layer of the configured model.")
        #expect(try read().rows.filter { $0.problem == nil }.count == 5)
    }

    /// PyTorch's layers with `bias=False` have no such tensor.
    @Test func aBiasThatALayerDoesWithoutIsZero() throws {
        var tensors = try Self.tensors()
        for name in ["encoder.0.bias", "mean.bias"] { tensors[name] = nil }
        try write(tensors)
        let dict = try read()
        #expect(dict.rows.filter(\.isZero).map(\.name) == ["encoder.0.bias", "mean.bias"])
        let parameters = try dict.parameters()
        for entry in parameters.layout.entries {
            let expected = tensors[entry.name]?.values ?? Array(repeating: 0, count: entry.count)
            #expect(Array(parameters[entry]) == expected, "\(entry.name)")
        }
        tensors["encoder.0.weight"] = nil
        try write(tensors)
        #expect(complaint()?.contains("'encoder.0.bias' is missing; expected a shape of [3]") == true)
    }

    /// Batch norm has all of its tensors or none; and one by another name is not one that is not there.
    @Test func otherTensorsAreNotDoneWithout() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let source = CheckpointFolder(path: tests.appendingPathComponent("Fixtures/from_pytorch_batch_norm").path)
        let (configuration, parameters) = try source.model()
        let mean = try #require(parameters.layout.entries.first { $0.name.hasSuffix(".running_mean") }).name
        let bias = mean.replacing("running_mean", with: "bias")
        var content = SafetensorsContent()
        for entry in parameters.layout.entries where entry.name != bias {
            try content.add(entry.name, try Tensor(shape: entry.shape, values: Array(parameters[entry])))
        }
        try folder.write(content.bytes(), to: "w.safetensors")
        let dict = try StateDict(path: "\(folder.path)/w.safetensors", configuration: configuration)
        #expect(dict.rows.filter { $0.problem != nil }.map(\.name) == [bias])

        var tensors = try Self.tensors()
        tensors["fc.bias"] = tensors.removeValue(forKey: "mean.bias")
        try write(tensors)
        #expect(complaint()?.contains("'fc.bias' of shape [2] belongs to no layer") == true)
    }

    @Test func aNameCannotWriteToTheTerminal() throws {
        var tensors = try Self.tensors()
        tensors["a\nb\u{1B}[31m"] = try Tensor(shape: [1], values: [0])
        try write(tensors)
        #expect(complaint()?.contains(#"'a\u{a}b\u{1b}[31m' of shape [1]"#) == true)
    }

    @Test func aHundredComplaintsAreCounted() throws {
        var tensors = try Self.tensors()
        for index in 0..<100 { tensors["other.\(index)"] = try Tensor(shape: [1], values: [0]) }
        try write(tensors)
        #expect(complaint()?.hasSuffix("; and 88 more.") == true)
    }

    /// A header and data, whatever they say.
    private static func file(_ header: String, data: Int) -> [UInt8] {
        let length = UInt64(header.utf8.count).littleEndian
        return withUnsafeBytes(of: length) { Array($0) } + Array(header.utf8) + Array(repeating: 0, count: data)
    }

    @Test(arguments: [
        ([], "The file has 0 bytes"),
        (Array(repeating: 0xff, count: 64), "says that its header has 18446744073709551615 bytes"),
        (file("{}", data: 3), "The tensors take 0 bytes, but the file has 3"),
        (
            file(#"{"mean.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: 4),
            "take 8 bytes, but the file has 4"
        ),
        (
            file(#"{"mean.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,9]}}"#, data: 9),
            "'mean.bias' of shape [2] and type F32 takes 8 bytes, but its range is 0 to 9"
        ),
        (
            file(#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#, data: 0),
            "too large to count"
        ),
        (
            file(#"{"a":{"dtype":"F32","shape":[0,9007199254740991],"data_offsets":[0,0]}}"#, data: 0),
            "'a' of shape [0x9007199254740991] belongs to no layer"
        ),
        (
            file(#"{"mean.bias":{"dtype":"I64","shape":[2],"data_offsets":[0,16]}}"#, data: 16),
            "'mean.bias' is of type I64; expected F32, F64, F16 or BF16"
        ),
        (file(#"{"mean.bias":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}"#, data: 2), "unknown type"),
    ])
    func aFileThatLiesIsRefused(bytes: [UInt8], words: String) throws {
        try folder.write(bytes, to: "w.safetensors")
        let complaint = try #require(self.complaint())
        #expect(complaint.contains(words), "\(complaint)")
        #expect(complaint.hasPrefix("'w.safetensors'"))
    }

    @Test func everyTruncationIsRefused() throws {
        try write(try Self.tensors())
        let whole = try UserFile.read("\(folder.path)/w.safetensors", limit: 1 << 20)
        for length in stride(from: 0, to: whole.count, by: 7) {
            try folder.write(Array(whole[..<length]), to: "w.safetensors")
            #expect(complaint() != nil)
        }
    }

    @Test func aFolderOrNothingIsNoFile() throws {
        #expect(complaint()?.hasPrefix("'w.safetensors' cannot be opened") == true)
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/w.safetensors", withIntermediateDirectories: false)
        #expect(complaint()?.hasPrefix("'w.safetensors' cannot be opened") == true)
    }

    @Test func doublesBeyondFloat32AreNotFinite() throws {
        let header = #"{"mean.bias":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}}"#
        var bytes = Self.file(header, data: 0)
        for value in [1, 1e300] { withUnsafeBytes(of: Double(value).bitPattern.littleEndian) { bytes += Array($0) } }
        try folder.write(bytes, to: "w.safetensors")
        #expect(try read().rows.first { $0.name == "mean.bias" }?.problem == .nonFinite(index: 1))
    }
}
