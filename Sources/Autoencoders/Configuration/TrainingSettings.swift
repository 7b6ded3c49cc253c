import Foundation
import Kernels

/// How a model is trained. Defaults and ranges stand with each field; `validate` holds them.
public struct TrainingSettings: Hashable, Sendable {
    public enum Schedule: String, Codable, Sendable, CaseIterable {
        case constant
        /// From the learning rate down to 0 along half a cosine over the whole run (Loshchilov and Hutter, arXiv:1608.03983).
        case cosine
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
    /// Steps over which the learning rate rises from 0 to its value, 0 to 1,000,000; default 0.
    public var warmUpSteps = 0
    /// Weight of the KL, 0 to 1,000; default: the model's objective.
    public var beta: Float?
    /// How the KL is reduced over the latent dimensions; default: the model's objective.
    public var klReduction: Objective.DivergenceReduction?
    /// Decay per step of the averaged weights that are served and tested, 0 up to but not 1; 0, the default, averages nothing.
    public var weightAverage: Float = 0
    /// Noise of the encoder's inputs against overfitting, 0 to 1; default 0, none. Each image moves towards a binarised
    /// draw of itself by a share that is uniform in 0...this; the targets stay as they are.
    public var inputNoise: Float = 0
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
        if let beta { try check(beta >= 0 && beta <= 1000, "beta", beta, "0 to 1000") }
        try check(weightAverage >= 0 && weightAverage < 1, "weight_average", weightAverage, "0 up to but not 1")
        try check(inputNoise >= 0 && inputNoise <= 1, "input_noise", inputNoise, "0 to 1")
        try check((1...100_000).contains(checkpointEvery), "checkpoint_every", checkpointEvery, "1 to 100000")
    }

    /// Adam's step size at step `number`, counted from 1, of `total`.
    public func learningRate(atStep number: Int, of total: Int) -> Float {
        let warmth = number < warmUpSteps ? Float(number) / Float(warmUpSteps) : 1
        switch schedule {
        case .constant: return learningRate * warmth
        case .cosine:
            let fraction = Double(number - 1) / Double(max(total, 1))
            return learningRate * warmth * Float(0.5 * (1 + cos(.pi * fraction)))
        }
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
        case epochs, schedule, beta, initialization, seed
        case batchSize = "batch_size"
        case learningRate = "learning_rate"
        case warmUpSteps = "warm_up_steps"
        case klReduction = "kl_reduction"
        case weightAverage = "weight_average"
        case inputNoise = "input_noise"
        case checkpointEvery = "checkpoint_every"
    }

    public init(from decoder: any Decoder) throws {
        let fields = try StrictContainer(decoder, allowed: CodingKeys.allCases.map(\.rawValue))
        epochs = try fields.optional("epochs") ?? epochs
        batchSize = try fields.optional("batch_size") ?? batchSize
        learningRate = try fields.optional("learning_rate") ?? learningRate
        schedule = try fields.optional("schedule") ?? schedule
        warmUpSteps = try fields.optional("warm_up_steps") ?? warmUpSteps
        beta = try fields.optional("beta")
        klReduction = try fields.optional("kl_reduction")
        weightAverage = try fields.optional("weight_average") ?? weightAverage
        inputNoise = try fields.optional("input_noise") ?? inputNoise
        initialization = try fields.optional("initialization") ?? initialization
        seed = try fields.optional("seed") ?? seed
        checkpointEvery = try fields.optional("checkpoint_every") ?? checkpointEvery
    }
}

/// What a training run is asked for: the body of `POST /v1/jobs` and the file that `latentd train --job-spec` reads.
public struct TrainingSpecification: Hashable, Sendable {
    /// The served model's name; default: the preset's name, or `model`.
    public var name: String?
    public var dataset: String
    public var model: ModelConfiguration
    /// The preset the model came from, nil for a configuration of one's own.
    public var preset: String?
    public var training: TrainingSettings
    /// Which of the queued jobs starts first, -100 to 100; default 0. The highest does, among equals the oldest.
    public var priority: Int?
    /// Kept with the job and handed back, never looked at.
    public var metadata: [String: String]?

    public init(dataset: String, model: ModelConfiguration, training: TrainingSettings = TrainingSettings()) {
        (self.dataset, self.model, self.training) = (dataset, model, training)
    }

    public var modelName: String { name ?? preset ?? "model" }

    /// Reads and validates a specification; every error names its field, e.g. `training.epochs`.
    public init(json: Data) throws(ConfigurationError) {
        do { self = try JSONDecoder().decode(TrainingSpecification.self, from: json) } catch {
            throw ConfigurationError(error)
        }
        try validate()
    }

    public func validate() throws(ConfigurationError) {
        if let name, !Self.isUsable(name: name) {
            throw ConfigurationError(
                field: "name", actual: "'\(name.prefix(80))'",
                expected: "1 to 64 of a-z, 0-9, '.', '_' and '-', starting with a letter or digit")
        }
        if let priority, !(-100...100).contains(priority) {
            throw ConfigurationError(field: "priority", actual: "\(priority)", expected: "-100 to 100")
        }
        func nested(_ prefix: String, _ body: () throws(ConfigurationError) -> Void) throws(ConfigurationError) {
            do { try body() } catch {
                throw ConfigurationError(
                    field: "\(prefix).\(error.field)", actual: error.actual, expected: error.expected)
            }
        }
        try nested("training") { () throws(ConfigurationError) in try training.validate() }
        try nested("model") { () throws(ConfigurationError) in try model.validate() }
    }

    /// Whether a model may have this name; it becomes a folder's.
    public static func isUsable(name: String) -> Bool {
        let bytes = Array(name.utf8)
        func alphanumeric(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }
        guard (1...64).contains(bytes.count), let first = bytes.first, alphanumeric(first) else { return false }
        return bytes.allSatisfy { alphanumeric($0) || $0 == 46 || $0 == 95 || $0 == 45 }
    }
}

extension TrainingSpecification: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable { case name, dataset, model, training, priority, metadata }

    public init(from decoder: any Decoder) throws {
        let fields = try StrictContainer(decoder, allowed: CodingKeys.allCases.map(\.rawValue))
        name = try fields.optional("name")
        dataset = try fields.required("dataset")
        if let preset = try? fields.required("model", String.self) {
            guard let configuration = ModelConfiguration.preset(preset) else {
                throw ConfigurationError(
                    field: "model", actual: "'\(preset)'",
                    expected: "a configuration or one of \(ModelConfiguration.presetNames.joined(separator: ", "))")
            }
            (model, self.preset) = (configuration, preset)
        } else {
            model = try fields.required("model")
        }
        training = try fields.optional("training") ?? TrainingSettings()
        priority = try fields.optional("priority")
        metadata = try fields.optional("metadata")
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encodeIfPresent(name ?? preset, forKey: .name)
        try fields.encode(dataset, forKey: .dataset)
        try fields.encode(model, forKey: .model)
        try fields.encode(training, forKey: .training)
        try fields.encodeIfPresent(priority, forKey: .priority)
        try fields.encodeIfPresent(metadata, forKey: .metadata)
    }
}
