import Autoencoders
import Tensors

/// Some latents and what the program that trained a model made of them, for others to hold their own results against.
///
/// Decoded and encoded again: no image of the dataset is in it.
public struct SelfTest: Sendable, Equatable {
    /// [n, latent dimension]
    public let latents: Tensor
    /// The latents decoded, [n, channels, height, width].
    public let decoded: Tensor
    /// The posteriors of the decoded images, which are cut to 0...1 first; [n, latent dimension].
    public let mean, logVariance: Tensor

    /// How far a result may be from the trainer's: a number itself, or its share of a value above 1.
    ///
    /// Kernels for other vectors and batches round differently, by a hundredth of that.
    public static let tolerance: Float = 1e-3

    /// How many latents a trainer writes down.
    public static let count = 4

    public init(latents: Tensor, decoded: Tensor, mean: Tensor, logVariance: Tensor) {
        (self.latents, self.decoded, self.mean, self.logVariance) = (latents, decoded, mean, logVariance)
    }

    /// Lets a model that was read from the disk do the same, and tells the first place where it does something else.
    public func check(_ autoencoder: Autoencoder) throws {
        let images = try Tensor(shape: decoded.shape, values: decoded.values.map { min(max($0, 0), 1) })
        let encoding = try autoencoder.encode(images)
        for (output, actual, expected) in [
            ("decoded", try autoencoder.decode(latents), decoded), ("mean", encoding.mean, mean),
            ("log_variance", encoding.logVariance, logVariance),
        ] {
            for (index, pair) in zip(actual.values, expected.values).enumerated() {
                // Put so that a result which is not a number fails; beside an infinite one everything is near.
                guard pair.1.isFinite, abs(pair.0 - pair.1) <= Self.tolerance * max(1, abs(pair.1)) else {
                    throw SelfTestFailure(output: output, index: index, expected: pair.1, actual: pair.0)
                }
            }
        }
    }
}

/// A model that does not give what the program that trained it says it gives.
public struct SelfTestFailure: Error, Equatable, CustomStringConvertible {
    /// A tensor of the self-test's file.
    public let output: String
    /// Counted in the tensor's row-major order.
    public let index: Int
    public let expected, actual: Float

    public var description: String {
        "Element \(index) of '\(output)' is \(actual) and was \(expected) when it was trained, a difference of "
            + "\(abs(actual - expected)); at most \(SelfTest.tolerance * max(1, abs(expected))) is allowed."
    }
}

extension SelfTest {
    func content() throws -> SafetensorsContent {
        var content = SafetensorsContent()
        for (name, tensor) in [
            ("latent", latents), ("decoded", decoded), ("mean", mean), ("log_variance", logVariance),
        ] {
            try content.add(name, tensor)
        }
        return content
    }

    init(_ file: SafetensorsFile, _ configuration: ModelConfiguration) throws(SafetensorsError) {
        let count = try file.shape(of: "latent").dimensions.first ?? 0
        let (input, latent) = (configuration.input, Shape([count, configuration.latentDimension]))
        latents = try file.floats("latent", shape: latent)
        decoded = try file.floats("decoded", shape: [count, input.channels, input.height, input.width])
        mean = try file.floats("mean", shape: latent)
        logVariance = try file.floats("log_variance", shape: latent)
    }
}

extension CheckpointFolder {
    /// What the trained model gave, nil where the checkpoint does not tell.
    public func selfTest() throws(CheckpointError) -> SelfTest? {
        let file = Self.selfTestFile
        guard let bytes = try bytes(file, limit: Self.tensorsLimit) else { return nil }
        let configuration = try configuration()
        do { return try SelfTest(try SafetensorsFile(bytes), configuration) } catch {
            throw .tensors(file: file, reason: error)
        }
    }
}
