import Autoencoders
import Checkpoints

/// What a training run tells while it runs.
public enum TrainingEvent: Sendable {
    case progress(TrainingPosition)
    case epoch(EpochMetrics, position: TrainingPosition)
    /// Everything up to this step, in the epoch after the one named or at its end, is on disk, in so many bytes.
    case checkpoint(epoch: Int, step: Int, bytes: Int)
}

/// Where a run stands.
public struct TrainingPosition: Codable, Sendable, Equatable {
    /// The epoch under way, counted from 1.
    public var epoch: Int
    public var epochs: Int
    /// Steps done, over the whole run.
    public var step: Int
    public var steps: Int
    public var imagesPerSecond: Double
    /// Time left at this rate, evaluations not counted.
    public var etaSeconds: Double
    /// Losses of the training images of this epoch so far.
    public var train: LossParts

    public init(
        epoch: Int, epochs: Int, step: Int, steps: Int, imagesPerSecond: Double, etaSeconds: Double, train: LossParts
    ) {
        (self.epoch, self.epochs, self.step, self.steps) = (epoch, epochs, step, steps)
        (self.imagesPerSecond, self.etaSeconds, self.train) = (imagesPerSecond, etaSeconds, train)
    }

    /// Done, 0...1.
    public var fraction: Double { steps == 0 ? 1 : Double(step) / Double(steps) }
}

/// Why training cannot start or go on.
public enum TrainingError: Error, CustomStringConvertible {
    case imageShape(dataset: String, expected: ImageShape, actual: String)
    case emptySplit(dataset: String)
    /// The machine has less memory than the model and batch take at least.
    case memory(batchSize: Int, AutoencoderError)
    /// The loss is no longer a finite number; the last checkpoint before it stays.
    case diverged(step: Int, lastFiniteLoss: Double?)
    /// The loss is finite but has been far above the best one for too many steps.
    case exploded(step: Int, loss: Double, best: Double)
    /// A checkpoint or map has no room; the last checkpoint, of the step named, stays as it is.
    case diskFull(CheckpointError, savedStep: Int)
    /// Weights that are not this model's.
    case cannotStart(reason: String)
    /// A folder that is not a run, or another run than the one asked for.
    case cannotResume(reason: String)
    /// Going on would end in bytes that belong to neither dataset.
    case datasetChanged(dataset: String)

    /// A word for programs.
    public var code: String {
        switch self {
        case .imageShape: "image_shape_mismatch"
        case .emptySplit: "empty_dataset"
        case .memory: "out_of_memory"
        case .diverged, .exploded: "diverged"
        case .diskFull: "disk_full"
        case .cannotStart: "cannot_start"
        case .cannotResume: "cannot_resume"
        case .datasetChanged: "dataset_changed"
        }
    }

    public var description: String {
        switch self {
        case .imageShape(let dataset, let expected, let actual):
            "The model takes images of \(expected); the dataset '\(dataset)' has \(actual)."
        case .emptySplit(let dataset): "The dataset '\(dataset)' has no training or no test images."
        case .memory(let batchSize, let error): "Batches of \(batchSize) images: \(error)"
        case .diverged(let step, let loss):
            "The loss is not finite at step \(step) (last finite value: \(loss.map { "\(Float($0))" } ?? "none")). \(Self.hint)"
        case .exploded(let step, let loss, let best):
            "The loss has grown to \(Float(loss)) at step \(step) (best objective: \(Float(best))). \(Self.hint)"
        case .diskFull(let error, let step):
            "\(error) " + (step > 0 ? "The checkpoint of step \(step) stays." : "There is no earlier checkpoint.")
        case .cannotStart(let reason): "The run cannot start from these weights: \(reason)"
        case .datasetChanged(let dataset):
            "The run cannot be resumed: the dataset '\(dataset)' has other images or labels than when it began."
        case .cannotResume(let reason): "The run cannot be resumed: \(reason)"
        }
    }

    private static let hint = "A lower learning_rate, warm_up_steps or a clip_norm may help."
}
