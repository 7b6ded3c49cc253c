import Autoencoders
import Kernels
import Synchronization

/// One version of a model, loaded and warm. Never changes: a request that holds it is not disturbed by a newer version.
public final class ServedModel: Sendable {
    public let name: String
    public let version: Int
    public let autoencoder: Autoencoder
    /// The sum that tells these weights from others.
    let weightsChecksum: String
    /// Nil for a checkpoint of another program.
    public let provenance: Provenance?
    public let metrics: [EpochMetrics]
    /// The epochs that `map(epoch:)` knows, ascending.
    public let mapEpochs: [Int]
    /// What layers above keep of this version.
    public let derived = DerivedValues()
    let folder: CheckpointFolder
    private let latestMap = Mutex<Result<LatentMap?, CheckpointError>?>(nil)

    public var configuration: ModelConfiguration { autoencoder.configuration }

    init(name: String, version: Int, loaded: LoadedModel, folder: CheckpointFolder) {
        (self.name, self.version, self.folder) = (name, version, folder)
        (autoencoder, weightsChecksum, provenance) = (loaded.autoencoder, loaded.weightsChecksum, loaded.provenance)
        (metrics, mapEpochs) = (loaded.metrics, loaded.mapEpochs)
    }

    func isOf(_ folder: CheckpointFolder) -> Bool { self.folder == folder }

    /// The encoded test set, read at the first call; nil where the checkpoint has none. A damaged one is not read again.
    public func map() throws(CheckpointError) -> LatentMap? {
        try latestMap.withLock { (cached) throws(CheckpointError) -> LatentMap? in
            if let known = cached { return try known.get() }
            do throws(CheckpointError) {
                let map = try folder.map()
                cached = .success(map)
                return map
            } catch {
                // Such a failure may be over at the next call: too many open files, for one.
                if case .file = error { throw error }
                cached = .failure(error)
                throw error
            }
        }
    }

    /// The file that the weights were read from, as it is now.
    public func weightsFile() throws(CheckpointError) -> [UInt8] { try folder.weights() }

    /// The test set as an earlier epoch encoded it, nil where it was not kept. Read anew at each call.
    public func map(epoch: Int) throws(CheckpointError) -> LatentMap? {
        guard mapEpochs.contains(epoch) else { return nil }
        return try folder.map(epoch: epoch)
    }
}

/// What a checkpoint folder gives for serving, before it has a version.
struct LoadedModel {
    let autoencoder: Autoencoder
    let weightsChecksum: String
    let provenance: Provenance?
    let metrics: [EpochMetrics]
    let mapEpochs: [Int]

    /// Loads and runs the model once, so that whatever is wrong with it shows before anybody relies on it. The file of the
    /// weights is not looked at again: who changes it later changes nothing of what is served.
    init(_ folder: CheckpointFolder, pool: KernelPool, backend: any Backend) throws {
        let (configuration, parameters) = try folder.mappedModel()
        provenance = try folder.provenance()
        metrics = try folder.metrics()
        mapEpochs = try folder.mapEpochs()
        autoencoder = try Autoencoder(
            configuration: configuration, parameters: parameters, pool: pool, backend: backend)
        try autoencoder.warmUp()
        weightsChecksum = try parameters.checksum()
        (parameters as? MappedParameters)?.rest()
    }
}
