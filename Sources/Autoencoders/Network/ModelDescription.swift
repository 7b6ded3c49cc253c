import Kernels

/// A whole configuration worked out: encoder, the posterior's two heads, decoder.
struct ModelDescription {
    let encoder: NetworkDescription
    let mean, logVariance: NetworkDescription
    let decoder: NetworkDescription

    var networks: [NetworkDescription] { [encoder, mean, logVariance, decoder] }

    init(_ configuration: ModelConfiguration) throws(ConfigurationError) {
        let input = configuration.input
        for (name, extent, limit) in [
            ("channels", input.channels, 1024), ("height", input.height, 8192), ("width", input.width, 8192),
        ] where !(1...limit).contains(extent) {
            throw ConfigurationError(field: "input.\(name)", actual: "\(extent)", expected: "1 to \(limit)")
        }
        guard input.count <= 1 << 26 else {
            throw ConfigurationError(field: "input", actual: "\(input.count) values", expected: "at most \(1 << 26)")
        }
        let latent = configuration.latentDimension
        guard (1...65_536).contains(latent) else {
            throw ConfigurationError(field: "latent_dimension", actual: "\(latent)", expected: "1 to 65536")
        }
        for (name, layers) in [("encoder", configuration.encoder), ("decoder", configuration.decoder)] {
            guard layers.count <= 256 else {
                throw ConfigurationError(field: name, actual: "\(layers.count) layers", expected: "at most 256")
            }
        }
        try NetworkDescription.check(dropout: configuration.dropout, activation: configuration.activation)
        guard configuration.objective.beta.isFinite, configuration.objective.beta >= 0 else {
            throw ConfigurationError(
                field: "objective.beta", actual: "\(configuration.objective.beta)", expected: "0 or more")
        }
        if case .gaussian(let variance) = configuration.likelihood, !(variance > 0 && variance.isFinite) {
            throw ConfigurationError(field: "likelihood.variance", actual: "\(variance)", expected: "more than 0")
        }

        encoder = try NetworkDescription(configuration.encoder, list: "encoder", input: input, model: configuration)
        mean = try Self.head("mean", encoder.output, configuration)
        logVariance = try Self.head("log_variance", encoder.output, configuration)
        decoder = try NetworkDescription(
            configuration.decoder, list: "decoder", input: ImageShape(channels: latent, height: 1, width: 1),
            model: configuration)
        guard decoder.output == input else {
            throw ConfigurationError(
                field: "decoder", actual: "giving \(decoder.output)", expected: "the input's shape, \(input)")
        }
        guard parameterCount <= 1 << 28 else {
            throw ConfigurationError(
                field: "encoder", actual: "\(parameterCount) parameters with the decoder",
                expected: "at most \(1 << 28)")
        }
    }

    private static func head(
        _ name: String, _ input: ImageShape, _ configuration: ModelConfiguration
    ) throws(ConfigurationError) -> NetworkDescription {
        let layer = LayerConfiguration(.dense(units: configuration.latentDimension), activation: Activation.none)
        do {
            return try NetworkDescription([layer], list: name, input: input, model: configuration)
        } catch {
            throw ConfigurationError(field: "latent_dimension", actual: error.actual, expected: error.expected)
        }
    }

    private var parameterCount: Int {
        networks.flatMap(\.stages).flatMap(\.parameters).reduce(0) { total, parameter in
            let count = (try? parameter.shape.elementCount()) ?? Int.max / 2
            return total > Int.max / 2 ? total : total + count
        }
    }
}

extension ModelConfiguration {
    /// Throws the first field that makes this model impossible.
    public func validate() throws(ConfigurationError) { _ = try ModelDescription(self) }
}

extension ImageShape: CustomStringConvertible {
    public var description: String { "\(channels)x\(height)x\(width)" }
}
