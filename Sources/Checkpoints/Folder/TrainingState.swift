import Autoencoders

/// What resuming needs beside the weights: the optimiser's moments and where the run stands.
///
/// Random numbers are addressed by seed, epoch and step, so there is no generator state to keep.
public struct TrainingState: Sendable, Equatable {
    /// Adam's moments, one a trainable parameter, in the order of the parameters' flat vector.
    public var firstMoment, secondMoment: [Float]
    /// The weights that training moves, where the published ones are their moving average; as long as the flat vector.
    public var trainedWeights: [Float]?
    public var progress: TrainingProgress

    public init(
        firstMoment: [Float], secondMoment: [Float], trainedWeights: [Float]? = nil, progress: TrainingProgress
    ) {
        (self.firstMoment, self.secondMoment) = (firstMoment, secondMoment)
        (self.trainedWeights, self.progress) = (trainedWeights, progress)
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

    public init(epoch: Int, step: Int, settings: TrainingSettings, dataset: String) {
        (self.epoch, self.step, self.settings, self.dataset) = (epoch, step, settings, dataset)
    }
}
