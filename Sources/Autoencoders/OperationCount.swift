/// Something that a model does with an image, and that takes time.
public enum ModelWork: String, CaseIterable, Codable, Sendable {
    /// One training step's share: forward, and the gradients.
    case train
    /// From an image to the posterior's mean and log-variance.
    case encode
    /// From a latent to an image.
    case decode
}

extension ModelConfiguration {
    /// The floating-point operations of one image in its contractions, two a multiply-accumulate.
    ///
    /// A convolution counts every tap of its kernel, those that fall on padding or are cut off included, as the makers
    /// of kernels do. Bias, activation, batch norm, losses and Adam are left out: they are bound by memory. Training is
    /// the forward pass, every weight's gradient, and every layer's input gradient but the first's, which nobody needs.
    public func operationCount(_ work: ModelWork) throws(ConfigurationError) -> Int {
        let model = try ModelDescription(self)
        let (encoder, decoder) = (model.encoder.products, model.decoder.products)
        let heads = model.mean.products + model.logVariance.products
        switch work {
        case .encode: return 2 * (encoder + heads).reduce(0, +)
        case .decode: return 2 * decoder.reduce(0, +)
        case .train:
            let first = encoder.first ?? heads.reduce(0, +)
            return 2 * (3 * (encoder + heads + decoder).reduce(0, +) - first)
        }
    }
}

extension NetworkDescription {
    /// The multiply-accumulates of each layer that has weights, for one image.
    ///
    /// A valid model has at most 2^28 weights, each used at no more than 2^26 places: no sum of these overflows.
    fileprivate var products: [Int] {
        stages.compactMap { stage in
            switch stage.description {
            case .dense(let inputs, let outputs, _): inputs * outputs
            case .convolution(let channels, _, _, let kernel, _, _, _):
                stage.output.count * channels * kernel.height * kernel.width
            case .transposedConvolution(let channels, let input, let filters, let kernel, _, _, _):
                input.height * input.width * channels * filters * kernel.height * kernel.width
            case .batchNorm, .dropout, .flatten, .unflatten: nil
            }
        }
    }
}
