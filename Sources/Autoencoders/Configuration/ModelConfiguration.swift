import Foundation
import Kernels

/// Everything that decides a model's function and objective; with its parameters it is the model.
public struct ModelConfiguration: Hashable, Sendable {
    public enum Family: String, Codable, Sendable { case vae }

    public var family: Family = .vae
    /// The images that go in and come out, in 0...1.
    public var input: ImageShape
    public var latentDimension: Int
    public var encoder: [LayerConfiguration]
    public var decoder: [LayerConfiguration]
    /// The activation of every layer that does not name its own.
    public var activation: Activation = .leakyReLU(slope: 0.3)
    /// Whether layers normalise before their activation.
    public var batchNorm = false
    /// The rate of dropout after each activation, in 0 ..< 1.
    public var dropout: Float = 0
    public var likelihood: Likelihood = .bernoulli
    public var objective = Objective()

    public init(input: ImageShape, latentDimension: Int, encoder: [LayerConfiguration], decoder: [LayerConfiguration]) {
        (self.input, self.latentDimension, self.encoder, self.decoder) = (input, latentDimension, encoder, decoder)
    }

    /// Batch norm's constants, Keras' defaults: epsilon 1e-3, momentum 0.99 (PyTorch writes it 0.01).
    public static let batchNormEpsilon: Float = 1e-3
    public static let batchNormMomentum: Float = 0.01
}

/// What training minimises: reconstruction + β · KL, both a mean over the batch.
public struct Objective: Hashable, Sendable {
    /// How the KL divergence is reduced over the latent dimensions. `mean` is β / L in disguise; the thesis used it.
    public enum DivergenceReduction: String, Codable, Sendable { case sum, mean }

    public var beta: Float = 1
    public var klReduction: DivergenceReduction = .sum

    public init(beta: Float = 1, klReduction: DivergenceReduction = .sum) {
        (self.beta, self.klReduction) = (beta, klReduction)
    }

    /// The weight of the KL summed over `latentDimension` dimensions.
    public func divergenceWeight(latentDimension: Int) -> Float {
        klReduction == .sum ? beta : beta / Float(max(latentDimension, 1))
    }
}

extension Objective: Codable {
    private enum CodingKeys: String, CodingKey {
        case beta
        case klReduction = "kl_reduction"
    }

    public init(from decoder: any Decoder) throws {
        let fields = try StrictContainer(decoder, allowed: ["beta", "kl_reduction"])
        beta = try fields.optional("beta") ?? 1
        klReduction = try fields.optional("kl_reduction") ?? .sum
    }
}

extension ModelConfiguration: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case family, input, encoder, decoder, activation, dropout, likelihood, objective
        case latentDimension = "latent_dimension"
        case batchNorm = "batch_norm"
    }

    public init(from decoder: any Decoder) throws {
        let fields = try StrictContainer(decoder, allowed: CodingKeys.allCases.map(\.rawValue))
        self.init(
            input: try fields.required("input"), latentDimension: try fields.required("latent_dimension"),
            encoder: try fields.required("encoder"), decoder: try fields.required("decoder"))
        family = try fields.optional("family") ?? family
        activation = try fields.optional("activation", Activation.self) ?? activation
        batchNorm = try fields.optional("batch_norm") ?? batchNorm
        dropout = try fields.optional("dropout") ?? dropout
        likelihood = try fields.optional("likelihood", Likelihood.self) ?? likelihood
        objective = try fields.optional("objective") ?? objective
    }

    /// Reads and validates a configuration; every error names its field.
    public init(json: Data) throws(ConfigurationError) {
        do {
            self = try JSONDecoder().decode(ModelConfiguration.self, from: json)
        } catch {
            throw ConfigurationError(error)
        }
        try validate()
    }

    /// JSON with sorted keys, for people to read.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}
