import Foundation
import Kernels

/// How a model is trained. Defaults and ranges stand with each field; `validate` holds them.
public struct TrainingSettings: Hashable, Sendable {
    public enum Schedule: String, Codable, Sendable, CaseIterable {
        case constant
        /// From the learning rate down to 0 along half a cosine over the whole run (Loshchilov and Hutter, arXiv:1608.03983).
        case cosine
        /// Times `step_factor` after every `step_epochs` epochs.
        case step
    }

    /// How the KL's weight comes to its value, against a posterior that collapses before the decoder has learnt to use it.
    public enum BetaSchedule: String, Codable, Sendable, CaseIterable {
        case constant
        /// From 0 along a line over `beta_warm_up_epochs` (Bowman et al., arXiv:1511.06349).
        case linear
        /// The same along a logistic curve.
        case sigmoid
        /// Again and again over as many epochs: half of them along a line, half of them at the value (Fu et al.,
        /// arXiv:1903.10145).
        case cyclical
    }

    public enum Initialization: String, Codable, Sendable, CaseIterable {
        /// Kernels uniform in ±√(6 / (fan in + fan out)), biases 0 (Glorot and Bengio, AISTATS 2010): Keras' default.
        case glorotUniform = "glorot_uniform"
        /// Kernels and biases uniform in ±1 / √(fan in), as PyTorch's layers start.
        case pytorch
    }

    /// Passes over the training images, 1 to 100,000; default 60.
    public var epochs = 60
    /// Images a step, 1 to 65,536; default 128.
    public var batchSize = 128
    /// Adam's step size, above 0 up to 1; default 1e-3.
    public var learningRate: Float = 1e-3
    /// Default constant.
    public var schedule = Schedule.constant
    /// Of the schedule `step`: what the learning rate is multiplied by, above 0 up to 1; default 0.1.
    public var stepFactor: Float = 0.1
    /// Of the schedule `step`: after how many epochs each time, 1 to 100,000; default 20.
    public var stepEpochs = 20
    /// Steps over which the learning rate rises from 0 to its value, 0 to 1,000,000; default 0.
    public var warmUpSteps = 0
    /// Weight of the KL, 0 to 1,000; default: the model's objective.
    public var beta: Float?
    /// Default constant.
    public var betaSchedule = BetaSchedule.constant
    /// Epochs over which the KL's weight rises, or of a cycle; 1 to 100,000; default 10.
    public var betaWarmUpEpochs = 10
    /// Nats of KL that each latent dimension of an image has for nothing, 0 to 100; default 0. Below, the KL has no gradient
    /// (Kingma et al., arXiv:1606.04934, there by batch). The losses that are told are those without.
    public var freeBits: Float = 0
    /// How the KL is reduced over the latent dimensions; default: the model's objective.
    public var klReduction: Objective.DivergenceReduction?
    /// Decay per step of the averaged weights that are served and tested, 0 up to but not 1; 0, the default, averages nothing.
    public var weightAverage: Float = 0
    /// Noise of the encoder's inputs against overfitting, 0 to 1; default 0, none. Each image moves towards a binarised
    /// draw of itself by a share that is uniform in 0...this; the targets stay as they are.
    public var inputNoise: Float = 0
    /// The longest gradient, by its Euclidean norm over all parameters; a longer one is scaled down to it. 0, the default,
    /// for any length; up to 1e6.
    public var clipNorm: Float = 0
    /// How far each training image is moved, both ways in both directions, by whole pixels that are drawn anew each step; what
    /// comes in is 0. 0, the default, to 16.
    public var shiftPixels = 0
    /// The share of the training images, drawn by the seed, that is kept back to see how well others are done; 0, the default,
    /// to 0.5. With it, the weights of the epoch that does these best, by the objective, are what the run leaves.
    public var validationShare: Float = 0
    /// After how many epochs without a better one the run ends, 0 to 100,000; 0, the default, for never. Wants
    /// `validation_share`.
    public var patience = 0
    /// How weights start; default Glorot-uniform.
    public var initialization = Initialization.glorotUniform
    /// Fixes initial weights, the order of images and all noise; default 1.
    public var seed: UInt64 = 1
    /// Epochs between checkpoints, 1 to 100,000; default 1.
    public var checkpointEvery = 1

    public init() {}

    /// Throws the first field out of its range.
    public func validate() throws(ConfigurationError) {
        func check(_ valid: Bool, _ field: String, _ actual: Any, _ expected: String) throws(ConfigurationError) {
            guard valid else { throw ConfigurationError(field: field, actual: "\(actual)", expected: expected) }
        }
        try check((1...100_000).contains(epochs), "epochs", epochs, "1 to 100000")
        try check((1...65_536).contains(batchSize), "batch_size", batchSize, "1 to 65536")
        try check(learningRate > 0 && learningRate <= 1, "learning_rate", learningRate, "above 0, up to 1")
        try check((0...1_000_000).contains(warmUpSteps), "warm_up_steps", warmUpSteps, "0 to 1000000")
        try check(stepFactor > 0 && stepFactor <= 1, "step_factor", stepFactor, "above 0, up to 1")
        try check((1...100_000).contains(stepEpochs), "step_epochs", stepEpochs, "1 to 100000")
        if let beta { try check(beta >= 0 && beta <= 1000, "beta", beta, "0 to 1000") }
        try check(weightAverage >= 0 && weightAverage < 1, "weight_average", weightAverage, "0 up to but not 1")
        try check(inputNoise >= 0 && inputNoise <= 1, "input_noise", inputNoise, "0 to 1")
        try check(
            (1...100_000).contains(betaWarmUpEpochs), "beta_warm_up_epochs", betaWarmUpEpochs, "1 to 100000")
        try check(freeBits >= 0 && freeBits <= 100, "free_bits", freeBits, "0 to 100")
        try check(clipNorm >= 0 && clipNorm <= 1e6, "clip_norm", clipNorm, "0 to 1000000")
        try check((0...16).contains(shiftPixels), "shift_pixels", shiftPixels, "0 to 16")
        try check(
            validationShare >= 0 && validationShare <= 0.5, "validation_share", validationShare, "0 to 0.5")
        let range = validationShare > 0 ? 0...100_000 : 0...0
        try check(
            range.contains(patience), "patience", patience,
            validationShare > 0 ? "0 to 100000" : "0 without a 'validation_share'")
        try check((1...100_000).contains(checkpointEvery), "checkpoint_every", checkpointEvery, "1 to 100000")
    }

    /// The model's configuration with this run's objective.
    public func applied(to model: ModelConfiguration) -> ModelConfiguration {
        var model = model
        if let beta { model.objective.beta = beta }
        if let klReduction { model.objective.klReduction = klReduction }
        return model
    }
}

extension TrainingSettings: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case epochs, schedule, beta, patience, initialization, seed
        case batchSize = "batch_size"
        case learningRate = "learning_rate"
        case stepFactor = "step_factor"
        case stepEpochs = "step_epochs"
        case warmUpSteps = "warm_up_steps"
        case betaSchedule = "beta_schedule"
        case betaWarmUpEpochs = "beta_warm_up_epochs"
        case freeBits = "free_bits"
        case clipNorm = "clip_norm"
        case shiftPixels = "shift_pixels"
        case klReduction = "kl_reduction"
        case weightAverage = "weight_average"
        case inputNoise = "input_noise"
        case validationShare = "validation_share"
        case checkpointEvery = "checkpoint_every"
    }

    public init(from decoder: any Decoder) throws {
        let fields = try StrictContainer(decoder, allowed: CodingKeys.allCases.map(\.rawValue))
        epochs = try fields.optional("epochs") ?? epochs
        batchSize = try fields.optional("batch_size") ?? batchSize
        learningRate = try fields.optional("learning_rate") ?? learningRate
        schedule = try fields.optional("schedule") ?? schedule
        stepFactor = try fields.optional("step_factor") ?? stepFactor
        stepEpochs = try fields.optional("step_epochs") ?? stepEpochs
        warmUpSteps = try fields.optional("warm_up_steps") ?? warmUpSteps
        beta = try fields.optional("beta")
        betaSchedule = try fields.optional("beta_schedule") ?? betaSchedule
        betaWarmUpEpochs = try fields.optional("beta_warm_up_epochs") ?? betaWarmUpEpochs
        freeBits = try fields.optional("free_bits") ?? freeBits
        klReduction = try fields.optional("kl_reduction")
        weightAverage = try fields.optional("weight_average") ?? weightAverage
        inputNoise = try fields.optional("input_noise") ?? inputNoise
        clipNorm = try fields.optional("clip_norm") ?? clipNorm
        shiftPixels = try fields.optional("shift_pixels") ?? shiftPixels
        validationShare = try fields.optional("validation_share") ?? validationShare
        patience = try fields.optional("patience") ?? patience
        initialization = try fields.optional("initialization") ?? initialization
        seed = try fields.optional("seed") ?? seed
        checkpointEvery = try fields.optional("checkpoint_every") ?? checkpointEvery
    }
}
