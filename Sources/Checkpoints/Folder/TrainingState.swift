import Autoencoders

/// What resuming needs beside the weights: the optimiser's moments and where the run stands.
///
/// Random numbers are addressed by seed, epoch and step, so there is no generator state to keep.
public struct TrainingState: Sendable, Equatable {
    /// Adam's moments, one a trainable parameter, in the order of the parameters' flat vector.
    public var firstMoment, secondMoment: [Float]
    /// The weights that training moves, where the published ones are their moving average; as long as the flat vector.
    public var trainedWeights: [Float]?
    /// The weights of the best epoch so far, where images are kept back to tell which is.
    public var bestWeights: [Float]?
    public var progress: TrainingProgress

    public init(
        firstMoment: [Float], secondMoment: [Float], trainedWeights: [Float]? = nil, bestWeights: [Float]? = nil,
        progress: TrainingProgress
    ) {
        (self.firstMoment, self.secondMoment) = (firstMoment, secondMoment)
        (self.trainedWeights, self.bestWeights, self.progress) = (trainedWeights, bestWeights, progress)
    }
}

/// The file `training.json`.
public struct TrainingProgress: Codable, Sendable, Equatable {
    /// Epochs that are done.
    public var epoch: Int
    /// Optimiser steps that are done, counted over the whole run.
    public var step: Int
    /// What the run was asked for, its seed included.
    public var settings: TrainingSettings
    public var dataset: String
    /// Of the dataset's images and labels; nil where an earlier version began the run.
    public var datasetDigest: String?
    /// What the steps of the epoch under way have given, where the run stands in the middle of one.
    public var epochUnderWay: EpochUnderWay?
    /// The epoch that does best what was kept back from training.
    public var best: BestEpoch?

    /// An epoch and its objective in nats.
    public struct BestEpoch: Codable, Sendable, Equatable {
        public var epoch: Int
        public var objective: Double

        public init(epoch: Int, objective: Double) { (self.epoch, self.objective) = (epoch, objective) }
    }

    /// Sums over the training images that the epoch has seen, in nats, and the time that took.
    public struct EpochUnderWay: Codable, Sendable, Equatable {
        public var images: Int
        public var reconstruction, divergence, seconds: Double

        public init(images: Int, reconstruction: Double, divergence: Double, seconds: Double) {
            (self.images, self.reconstruction) = (images, reconstruction)
            (self.divergence, self.seconds) = (divergence, seconds)
        }
    }

    public init(
        epoch: Int, step: Int, settings: TrainingSettings, dataset: String, datasetDigest: String? = nil,
        epochUnderWay: EpochUnderWay? = nil, best: BestEpoch? = nil
    ) {
        (self.epoch, self.step, self.settings) = (epoch, step, settings)
        (self.dataset, self.datasetDigest) = (dataset, datasetDigest)
        (self.epochUnderWay, self.best) = (epochUnderWay, best)
    }
}
