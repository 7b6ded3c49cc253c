import Autoencoders
import Foundation
import Tensors

extension CheckpointFolder {
    /// Writes a checkpoint to this path, whole: a reader sees the former folder or the new one, never a mixture.
    ///
    /// A folder that is there already is exchanged in one step. Missing parents are made. The weights must be finite.
    /// - Parameter reserve: the bytes that must stay free on the disk, 0 for none.
    /// - Returns: the bytes of its files.
    @discardableResult
    public func publish(_ checkpoint: Checkpoint, keepingFree reserve: Int = 0) throws -> Int {
        let files = try Self.files(of: checkpoint)
        let bytes = files.reduce(0) { $0 + $1.bytes.count }
        do throws(DiskShortage) {
            try DiskShortage.check(needed: bytes, free: DiskSpace.free(at: path), reserve: reserve)
        } catch { throw CheckpointError.disk(error) }
        do {
            try FolderPublication.publish(files, to: path, onConflict: .replace)
        } catch {
            throw CheckpointError.file(error)
        }
        return bytes
    }

    /// The bytes of a safetensors file that PyTorch's `load_state_dict` takes. The weights must be finite.
    public static func weights(_ parameters: Parameters, metadata: [String: String] = [:]) throws -> [UInt8] {
        var weights = SafetensorsContent(metadata: metadata.merging(["format": "pt"]) { first, _ in first })
        for entry in parameters.layout.entries {
            let values = parameters[entry]
            if let index = values.firstIndex(where: { !$0.isFinite }) {
                throw CheckpointError.nonFinite(file: weightsFile, tensor: entry.name, index: index - values.startIndex)
            }
            try weights.add(entry.name, shape: entry.shape, floats: values)
        }
        return weights.bytes(checksum: true)
    }

    /// The bytes of `config.json`.
    public static func configuration(_ configuration: ModelConfiguration) throws -> [UInt8] {
        Array(try configuration.json()) + [UInt8(ascii: "\n")]
    }

    static func files(of checkpoint: Checkpoint) throws -> [(path: String, bytes: [UInt8])] {
        let parameters = checkpoint.parameters
        var files = [
            (configurationFile, try configuration(checkpoint.configuration)),
            (weightsFile, try weights(parameters)),
        ]
        if let provenance = checkpoint.provenance {
            files.append((provenanceFile, try json(provenance, pretty: true)))
        }
        if !checkpoint.metrics.isEmpty {
            files.append((metricsFile, try checkpoint.metrics.flatMap { try json($0, pretty: false) }))
        }
        if let map = checkpoint.map { files.append((mapFile, try map.content().bytes(checksum: true))) }
        for map in checkpoint.epochMaps {
            files.append(("\(epochsFolder)/\(MapSeries.name(map.epoch))", try map.content().bytes(checksum: true)))
        }
        for file in try checkpoint.runMaps?.files() ?? [] { files.append(("\(mapsFolder)/\(file.name)", file.bytes)) }
        if let test = checkpoint.selfTest { files.append((selfTestFile, try test.content().bytes(checksum: true))) }
        if let state = checkpoint.trainingState {
            files.append((optimiserFile, try optimiser(state, layout: parameters.layout).bytes(checksum: true)))
            files.append((trainingFile, try json(state.progress, pretty: true)))
        }
        return files.map { (path: $0.0, bytes: $0.1) }
    }

    private static func optimiser(_ state: TrainingState, layout: ParameterLayout) throws -> SafetensorsContent {
        var content = SafetensorsContent()
        func add(
            _ prefix: String, _ values: [Float], _ entries: [ParameterLayout.Entry], expected: Int, what: String
        ) throws {
            guard values.count == expected else {
                throw CheckpointError.parameterCount(what: what, expected: expected, actual: values.count)
            }
            for entry in entries {
                try content.add(
                    prefix + entry.name, shape: entry.shape, floats: values[entry.offset..<entry.offset + entry.count])
            }
        }
        // Trainable entries come first in the flat vector, so their offsets are also right in the moments.
        let (trainable, count) = (layout.entries.filter(\.trainable), layout.trainableCount)
        try add("exp_avg.", state.firstMoment, trainable, expected: count, what: "the first moment")
        try add("exp_avg_sq.", state.secondMoment, trainable, expected: count, what: "the second moment")
        for (prefix, weights) in [("trained", state.trainedWeights), ("best", state.bestWeights)] {
            guard let weights else { continue }
            try add("\(prefix).", weights, layout.entries, expected: layout.count, what: "the \(prefix) weights")
        }
        return content
    }

    private static func json(_ value: some Encodable, pretty: Bool) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
    }
}
