import Autoencoders
import Foundation
import Tensors

/// A model on disk: configuration, weights, and what is known of them. Holds no code, so loading runs none.
///
/// Every part is read apart, so that listing models does not read their weights, nor serving them their optimiser.
public struct CheckpointFolder: Sendable, Hashable {
    public static let configurationFile = "config.json"
    public static let weightsFile = "model.safetensors"
    public static let provenanceFile = "provenance.json"
    public static let metricsFile = "metrics.jsonl"
    public static let mapFile = "map.safetensors"
    public static let epochsFolder = "epochs"
    public static let mapsFolder = "maps"
    public static let optimiserFile = "optimizer.safetensors"
    public static let trainingFile = "training.json"
    public static let selfTestFile = "self_test.safetensors"

    public static let configurationLimit = 1 << 20
    static let textLimit = 64 << 20
    static let tensorsLimit = 4 << 30

    public let path: String

    public init(path: String) { self.path = path }

    /// Whether there is something here that asks to be read as a checkpoint.
    public var exists: Bool {
        FileManager.default.fileExists(atPath: "\(path)/\(Self.configurationFile)")
            || FileManager.default.fileExists(atPath: "\(path)/\(Self.weightsFile)")
    }

    /// The validated configuration.
    public func configuration() throws(CheckpointError) -> ModelConfiguration {
        let json = Data(try required(Self.configurationFile, limit: Self.configurationLimit))
        do { return try ModelConfiguration(json: json) } catch { throw .configuration(error) }
    }

    /// The configuration and its weights: each tensor there, of its exact shape, finite, and none beside them.
    public func model() throws(CheckpointError) -> (configuration: ModelConfiguration, parameters: Parameters) {
        let (configuration, layout) = try layout()
        return (configuration, try parameters(layout, in: try tensors(Self.weightsFile)))
    }

    /// The file of the weights as it stands.
    func weights() throws(CheckpointError) -> [UInt8] { try required(Self.weightsFile, limit: Self.tensorsLimit) }

    /// Nil where the checkpoint does not tell, e.g. one made by another program.
    public func provenance() throws(CheckpointError) -> Provenance? {
        guard let bytes = try bytes(Self.provenanceFile, limit: 1 << 20) else { return nil }
        return try decode(bytes, file: Self.provenanceFile)
    }

    /// The training curves, empty where the checkpoint has none.
    public func metrics() throws(CheckpointError) -> [EpochMetrics] {
        guard let bytes = try bytes(Self.metricsFile, limit: Self.textLimit) else { return [] }
        var metrics: [EpochMetrics] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty {
            metrics.append(try decode(Array(line), file: Self.metricsFile, line: index + 1))
        }
        return metrics
    }

    /// The encoded test set of the latest epoch, nil where the checkpoint has none.
    public func map() throws(CheckpointError) -> LatentMap? { try map(Self.mapFile) }

    /// The encoded test set after one of `mapEpochs`, nil where it was not kept.
    public func map(epoch: Int) throws(CheckpointError) -> LatentMap? {
        try map("\(Self.epochsFolder)/\(MapSeries.name(epoch))")
    }

    /// The epochs whose encoded test sets were kept, ascending.
    public func mapEpochs() throws(CheckpointError) -> [Int] {
        try MapSeries(path: "\(path)/\(Self.epochsFolder)").epochs()
    }

    /// Where a run keeps the codes of a sample of the test set after each epoch: beside the folder, which every
    /// checkpoint replaces.
    public var runMaps: MapSeries {
        let (parent, name) = FolderPublication.split(path)
        return MapSeries(path: "\(parent)/\(name).maps")
    }

    /// The same in the folder that a finished run leaves.
    public var maps: MapSeries { MapSeries(path: "\(path)/\(Self.mapsFolder)") }

    /// Where a run sets it aside that finds it damaged.
    public var damaged: CheckpointFolder { CheckpointFolder(path: path + ".damaged") }

    private func map(_ file: String) throws(CheckpointError) -> LatentMap? {
        try LatentMap.read(file, in: path, dimension: try configuration().latentDimension)
    }
}
