import Autoencoders
import Checkpoints
import Datasets
import Kernels

/// Losses of a model on images, with one fixed draw of the noise an image.
public enum Evaluation {
    public struct Result: Sendable {
        public let images: Int
        public let losses: LossParts
        /// Var_x(E_q[z_j]) of each latent dimension; above 0.01 a dimension counts as active (Burda et al., 2015).
        public let meanVariances: [Double]
    }

    public static func run(
        _ configuration: ModelConfiguration, _ parameters: Parameters, on split: Split, pool: KernelPool,
        backend: any Backend
    ) throws -> Result {
        let engine = try TrainingEngine(
            configuration: configuration, settings: TrainingSettings(), pool: pool, backend: backend)
        engine.averaged.copy(from: parameters.values)
        let (sums, means) = try engine.evaluate(split)
        return Result(
            images: sums.images, losses: LossParts(sums, of: configuration),
            meanVariances: variances(means, dimensions: configuration.latentDimension))
    }

    private static func variances(_ means: [Float], dimensions: Int) -> [Double] {
        let rows = Double(max(means.count / dimensions, 1))
        return (0..<dimensions).map { dimension in
            let column = stride(from: dimension, to: means.count, by: dimensions).map { Double(means[$0]) }
            let mean = column.reduce(0, +) / rows
            return column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / rows
        }
    }
}

extension LossParts {
    /// Means over the images of `sums`.
    init(_ sums: LossSums, of configuration: ModelConfiguration) {
        let count = Double(max(sums.images, 1))
        let (reconstruction, divergence) = (sums.reconstruction / count, sums.divergence / count)
        let weight = configuration.objective.divergenceWeight(latentDimension: configuration.latentDimension)
        self.init(
            reconstruction: reconstruction, kl: divergence, objective: reconstruction + Double(weight) * divergence,
            negativeELBO: reconstruction + divergence)
    }
}
