import Kernels

extension Activation: Codable {
    private static let choices = "none, relu, leaky_relu, sigmoid, tanh or {type: leaky_relu, slope}"

    /// A name, or `{"type": "leaky_relu", "slope": 0.3}`; the slope's default is 0.3.
    public init(from decoder: any Decoder) throws {
        let (name, parameter) = try namedChoice(decoder, parameter: "slope")
        switch (name, parameter) {
        case ("none", nil): self = .none
        case ("relu", nil): self = .relu
        case ("sigmoid", nil): self = .sigmoid
        case ("tanh", nil): self = .tanh
        case ("leaky_relu", let slope): self = .leakyReLU(slope: slope ?? 0.3)
        default:
            throw ConfigurationError(
                field: StrictContainer.path(decoder.codingPath), actual: "'\(name)'", expected: Self.choices)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .none: try encode("none", to: encoder)
        case .relu: try encode("relu", to: encoder)
        case .sigmoid: try encode("sigmoid", to: encoder)
        case .tanh: try encode("tanh", to: encoder)
        case .leakyReLU(let slope):
            var fields = encoder.container(keyedBy: SlopeKeys.self)
            try fields.encode("leaky_relu", forKey: .type)
            try fields.encode(slope, forKey: .slope)
        }
    }

    private enum SlopeKeys: String, CodingKey { case type, slope }

    private func encode(_ name: String, to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}

extension Likelihood: Codable {
    private enum VarianceKeys: String, CodingKey { case type, variance }

    /// `"bernoulli"`, `"gaussian"`, or `{"type": "gaussian", "variance": 1}`.
    public init(from decoder: any Decoder) throws {
        let (name, parameter) = try namedChoice(decoder, parameter: "variance")
        switch (name, parameter) {
        case ("bernoulli", nil): self = .bernoulli
        case ("gaussian", let variance): self = .gaussian(variance: variance ?? 1)
        default:
            throw ConfigurationError(
                field: StrictContainer.path(decoder.codingPath), actual: "'\(name)'",
                expected: "bernoulli, gaussian or {type: gaussian, variance}")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .bernoulli:
            var container = encoder.singleValueContainer()
            try container.encode("bernoulli")
        case .gaussian(let variance):
            var fields = encoder.container(keyedBy: VarianceKeys.self)
            try fields.encode("gaussian", forKey: .type)
            try fields.encode(variance, forKey: .variance)
        }
    }
}

/// Reads a name, or an object of a `type` and one number.
private func namedChoice(_ decoder: any Decoder, parameter: String) throws -> (name: String, parameter: Float?) {
    if let name = try? decoder.singleValueContainer().decode(String.self) { return (name, nil) }
    let fields = try StrictContainer(decoder, allowed: ["type", parameter])
    return (try fields.required("type"), try fields.optional(parameter))
}
