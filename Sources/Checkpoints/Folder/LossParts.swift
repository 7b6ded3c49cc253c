/// The parts of the loss, in nats an image, each a mean over images. The four are never confused with one another.
public struct LossParts: Codable, Hashable, Sendable {
    /// The negative log-likelihood of the images.
    public var reconstruction: Double
    /// KL(q ‖ N(0, I)) summed over the latent dimensions.
    public var kl: Double
    /// What was minimised, with the configuration's β and reduction.
    public var objective: Double
    /// The negative evidence lower bound: reconstruction + KL at β = 1.
    public var negativeELBO: Double

    public init(reconstruction: Double, kl: Double, objective: Double, negativeELBO: Double) {
        (self.reconstruction, self.kl) = (reconstruction, kl)
        (self.objective, self.negativeELBO) = (objective, negativeELBO)
    }

    private enum CodingKeys: String, CodingKey {
        case reconstruction, kl, objective
        case negativeELBO = "negative_elbo"
    }
}

/// One epoch of a training run: a line of `metrics.jsonl`.
public struct EpochMetrics: Codable, Hashable, Sendable {
    /// Counted from 1.
    public var epoch: Int
    public var train: LossParts
    public var test: LossParts?
    /// Of the images that were kept back from training, where some were.
    public var validation: LossParts?
    public var imagesPerSecond: Double
    public var seconds: Double

    public init(
        epoch: Int, train: LossParts, test: LossParts?, validation: LossParts? = nil, imagesPerSecond: Double,
        seconds: Double
    ) {
        (self.epoch, self.train, self.test, self.validation) = (epoch, train, test, validation)
        (self.imagesPerSecond, self.seconds) = (imagesPerSecond, seconds)
    }

    private enum CodingKeys: String, CodingKey {
        case epoch, train, test, validation, seconds
        case imagesPerSecond = "images_per_second"
    }
}
