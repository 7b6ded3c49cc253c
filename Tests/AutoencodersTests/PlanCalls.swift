import Kernels
import Tensors

@testable import Autoencoders

/// What one training pass leaves behind, in the interchange's channels-first order.
struct TrainingPass {
    var reconstruction = 0.0
    var divergence = 0.0
    var objective = 0.0
    var mean: [Float] = []
    var logVariance: [Float] = []
    var latents: [Float] = []
    var logits: [Float] = []
    /// In the parameters' flat order; running statistics have none.
    var gradients: [Float] = []
}

extension VariationalPlan {
    /// Images [n, channels, height, width] as the kernels want them.
    static func pixels(_ images: Tensor, _ shape: ImageShape) -> [Float] {
        var result = [Float](repeating: 0, count: images.values.count)
        ChannelOrder.permute(images.values, &result, shape: shape, images: images.rows, toChannelsFirst: false)
        return result
    }

    /// One accumulation and collection over this plan's images; sums over the images where `step` says they are a part.
    func train(
        _ configuration: ModelConfiguration, parameters: inout Parameters, pixels: [Float], epsilon: [Float],
        _ step: TrainingStep
    ) throws -> TrainingPass {
        try load(parameters.values)
        try accumulate(pixels, epsilon: epsilon, step)
        var pass = result(configuration)
        pass.gradients = [Float](repeating: 0, count: parameters.layout.count)
        try collectGradients(&pass.gradients)
        updateRunningStatistics(&parameters.values, step)
        return pass
    }

    func result(_ configuration: ModelConfiguration) -> TrainingPass {
        var pass = TrainingPass()
        let count = Double(images)
        pass.reconstruction = reconstructionLosses.reduce(0, +) / count
        pass.divergence = divergences.reduce(0, +) / count
        let weight = configuration.objective.divergenceWeight(latentDimension: configuration.latentDimension)
        pass.objective = pass.reconstruction + Double(weight) * pass.divergence
        let latent = images * configuration.latentDimension
        pass.mean = Array(UnsafeBufferPointer(start: posteriorMean, count: latent))
        pass.logVariance = Array(UnsafeBufferPointer(start: posteriorLogVariance, count: latent))
        pass.latents = latents.values
        pass.logits = [Float](repeating: 0, count: images * configuration.input.count)
        ChannelOrder.permute(
            outputs, &pass.logits, shape: configuration.input, images: images, toChannelsFirst: true)
        return pass
    }
}

extension BackendChoice {
    /// Ready for kernels on the calling thread.
    func makeForThisThread() throws -> any Backend {
        let backend = try make()
        backend.prepareThread()
        return backend
    }
}

/// `count` images of uniform noise.
func noiseImages(_ count: Int, _ shape: ImageShape, seed: UInt64) throws -> Tensor {
    var random = RandomSource(seed: seed)
    return try Tensor(
        shape: [count, shape.channels, shape.height, shape.width],
        values: (0..<count * shape.count).map { _ in random.uniform() })
}

func normals(_ count: Int, seed: UInt64) -> [Float] {
    var random = RandomSource(seed: seed)
    return (0..<count).map { _ in random.normal() }
}
