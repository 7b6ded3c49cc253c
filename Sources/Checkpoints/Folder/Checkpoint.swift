import Autoencoders

/// A trained model with its history, as it goes into a checkpoint folder.
public struct Checkpoint: Sendable {
    public var configuration: ModelConfiguration
    public var parameters: Parameters
    public var provenance: Provenance?
    /// One entry an epoch.
    public var metrics: [EpochMetrics] = []
    /// The test set as these weights encode it.
    public var map: LatentMap?
    /// The test set as the weights of earlier epochs encoded it; `LatentMap.epoch` tells them apart.
    public var epochMaps: [LatentMap] = []
    /// Where the maps of a sample are, of every epoch, that are to go into the folder as well.
    public var runMaps: MapSeries?
    /// What these weights gave where they were trained; nil in a checkpoint of a run that has not ended.
    public var selfTest: SelfTest?
    /// What resuming needs; nil in a checkpoint that is only to be served.
    public var trainingState: TrainingState?

    public init(configuration: ModelConfiguration, parameters: Parameters) {
        (self.configuration, self.parameters) = (configuration, parameters)
    }

    /// The epochs after which the encoded test set is kept: the forming of the latent space, seen in a few steps.
    public static let keptEpochs: [Int] = [1, 2, 5, 10, 20, 50, 100, 200, 500]
}
