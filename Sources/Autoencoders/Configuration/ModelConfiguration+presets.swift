import Kernels

extension ModelConfiguration {
    /// The names that `preset` knows.
    public static let presetNames = ["mnist-2d", "rgb-200d"]

    /// The two configurations of the thesis, nil for another name.
    public static func preset(_ name: String) -> ModelConfiguration? {
        switch name {
        case "mnist-2d": mnist2D
        case "rgb-200d": rgb200D
        default: nil
        }
    }

    /// 28 x 28 grey images in two latent dimensions: 207,237 parameters.
    private static let mnist2D = convolutional(
        input: ImageShape(channels: 1, height: 28, width: 28), latentDimension: 2, encoderStrides: [1, 2, 2, 1],
        bottleneck: ImageShape(channels: 64, height: 7, width: 7), decoderFilters: [64, 64, 32, 1],
        decoderStrides: [1, 2, 2, 1])

    /// 128 x 128 colour images in 200 latent dimensions, with batch norm and dropout.
    private static let rgb200D: ModelConfiguration = {
        var configuration = convolutional(
            input: ImageShape(channels: 3, height: 128, width: 128), latentDimension: 200,
            encoderStrides: [2, 2, 2, 2], bottleneck: ImageShape(channels: 64, height: 8, width: 8),
            decoderFilters: [64, 64, 32, 3], decoderStrides: [2, 2, 2, 2])
        configuration.batchNorm = true
        configuration.dropout = 0.25
        return configuration
    }()

    private static func convolutional(
        input: ImageShape, latentDimension: Int, encoderStrides: [Int], bottleneck: ImageShape, decoderFilters: [Int],
        decoderStrides: [Int]
    ) -> ModelConfiguration {
        let encoder = zip([32, 64, 64, 64], encoderStrides).map { filters, stride in
            LayerConfiguration(.convolution(filters: filters, kernel: 3, stride: stride, padding: .same))
        }
        var decoder = [
            LayerConfiguration(.dense(units: bottleneck.count), activation: Activation.none),
            LayerConfiguration(.reshape(bottleneck)),
        ]
        for (index, (filters, stride)) in zip(decoderFilters, decoderStrides).enumerated() {
            decoder.append(
                LayerConfiguration(
                    .transposedConvolution(filters: filters, kernel: 3, stride: stride, padding: .same),
                    activation: index == decoderFilters.count - 1 ? Activation.none : nil))
        }
        return ModelConfiguration(input: input, latentDimension: latentDimension, encoder: encoder, decoder: decoder)
    }
}
