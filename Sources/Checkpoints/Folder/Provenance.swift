/// Where a model comes from: enough to train it again. The file `provenance.json`.
public struct Provenance: Codable, Hashable, Sendable {
    public var name: String
    /// "vae", or another family of autoencoders.
    public var family: String
    public var dataset: String
    public var epochs: Int
    /// The epoch whose weights these are, where it is not the last.
    public var bestEpoch: Int?
    public var seed: UInt64
    public var batchSize: Int
    public var learningRate: Double
    /// How the learning rate moves, e.g. "constant" or "cosine".
    public var schedule: String?
    /// The decay of the moving average that the weights are, nil for the plain weights.
    public var ema: Double?
    public var beta: Double
    /// "sum" or "mean" over the latent dimensions.
    public var klReduction: String
    public var threads: Int?
    /// What computed, for example "native-avx512" or "onednn".
    public var backend: String?
    public var programVersion: String
    /// UTC, ISO 8601.
    public var createdAt: String
    /// The command line that trained the model.
    public var command: String?

    public init(
        name: String, family: String, dataset: String, epochs: Int, bestEpoch: Int? = nil, seed: UInt64, batchSize: Int,
        learningRate: Double,
        schedule: String? = nil, ema: Double? = nil, beta: Double, klReduction: String, threads: Int? = nil,
        backend: String? = nil, programVersion: String, createdAt: String, command: String? = nil
    ) {
        (self.name, self.family, self.dataset, self.seed) = (name, family, dataset, seed)
        (self.epochs, self.bestEpoch) = (epochs, bestEpoch)
        (self.batchSize, self.learningRate, self.schedule, self.ema) = (batchSize, learningRate, schedule, ema)
        (self.beta, self.klReduction, self.threads, self.backend) = (beta, klReduction, threads, backend)
        (self.programVersion, self.createdAt, self.command) = (programVersion, createdAt, command)
    }

    private enum CodingKeys: String, CodingKey {
        case name, family, dataset, epochs, seed, schedule, ema, beta, threads, backend, command
        case bestEpoch = "best_epoch"
        case batchSize = "batch_size"
        case learningRate = "learning_rate"
        case klReduction = "kl_reduction"
        case programVersion = "program_version"
        case createdAt = "created_at"
    }
}
