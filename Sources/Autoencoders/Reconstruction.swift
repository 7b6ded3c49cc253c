import Tensors

/// The approximate posterior of a number of images.
public struct Encoding: Sendable, Equatable {
    /// [images, latent dimension]
    public let mean: Tensor
    /// Natural logarithm of the variance, [images, latent dimension].
    public let logVariance: Tensor

    public init(mean: Tensor, logVariance: Tensor) { (self.mean, self.logVariance) = (mean, logVariance) }
}

/// What a model makes of images that it encodes to their mean and decodes again.
public struct Reconstruction: Sendable, Equatable {
    /// [images, channels, height, width], the likelihood's means.
    public let images: Tensor
    public let encoding: Encoding
    /// Negative log-likelihood at the mean, in nats, one an image.
    public let reconstructionLosses: [Double]
    /// KL(q ‖ N(0, I)) summed over the dimensions, in nats, one an image.
    public let divergences: [Double]
}

/// Input that does not fit the model.
public enum AutoencoderError: Error, Equatable, CustomStringConvertible {
    case imageShape(expected: ImageShape, actual: Shape)
    case latentDimension(expected: Int, actual: Shape)
    /// The parameters are laid out for another configuration.
    case parameterLayout
    /// The machine, or whatever bounds the model, has fewer bytes than it takes at least.
    case memory(MemoryNeed, available: Double)

    public var description: String {
        switch self {
        case .imageShape(let expected, let actual): "The model takes images of \(expected), not a batch of \(actual)."
        case .latentDimension(let expected, let actual):
            "The model takes latents of \(expected) numbers, not a batch of \(actual)."
        case .parameterLayout: "The parameters belong to a model of another configuration."
        case .memory(let need, let available):
            "The model takes more than \(Self.gibibytes(need.bytes)) of memory, most of it in \(need.largestLayer); "
                + "\(Self.gibibytes(available)) are there."
        }
    }

    private static func gibibytes(_ bytes: Double) -> String { "\((bytes / 0x1p30 * 10).rounded() / 10) GiB" }
}
