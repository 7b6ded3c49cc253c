/// The approximate posterior N(mean, diag exp(logVariance)) of a VAE (Kingma and Welling, arXiv:1312.6114).
public enum GaussianPosterior {
    /// latents = mean + exp(logVariance / 2) · epsilon, element by element.
    @specialized(where Scalar == Float)
    public static func sample<Scalar: KernelScalar>(
        mean: UnsafePointer<Scalar>, logVariance: UnsafePointer<Scalar>, epsilon: UnsafePointer<Scalar>,
        latents: UnsafeMutablePointer<Scalar>, count: Int
    ) {
        for i in 0..<count { latents[i] = mean[i] + Scalar.exponential(logVariance[i] / 2) * epsilon[i] }
    }

    /// KL(q ‖ N(0, I)) in nats of each row, summed over its `dimensions`: ½ Σ (μ² + σ² − 1 − log σ²).
    @specialized(where Scalar == Float)
    public static func divergence<Scalar: KernelScalar>(
        mean: UnsafePointer<Scalar>, logVariance: UnsafePointer<Scalar>, rows: Int, dimensions: Int,
        divergences: UnsafeMutablePointer<Double>
    ) {
        for row in 0..<rows {
            var total = 0.0
            for i in row * dimensions..<(row + 1) * dimensions {
                let term = mean[i] * mean[i] + Scalar.exponential(logVariance[i]) - 1 - logVariance[i]
                total += Double(term) / 2
            }
            divergences[row] = total
        }
    }

    /// The gradients of the posterior's parameters from that of the latents and the KL's.
    ///
    /// - Parameter divergenceScale: the weight of one row's summed KL in the objective.
    @specialized(where Scalar == Float)
    public static func backward<Scalar: KernelScalar>(
        mean: UnsafePointer<Scalar>, logVariance: UnsafePointer<Scalar>, epsilon: UnsafePointer<Scalar>,
        latentGradient: UnsafePointer<Scalar>, divergenceScale: Scalar, meanGradient: UnsafeMutablePointer<Scalar>,
        logVarianceGradient: UnsafeMutablePointer<Scalar>, count: Int
    ) {
        for i in 0..<count {
            let deviation = Scalar.exponential(logVariance[i] / 2)
            meanGradient[i] = latentGradient[i] + divergenceScale * mean[i]
            logVarianceGradient[i] =
                latentGradient[i] * epsilon[i] * deviation / 2
                + divergenceScale * (deviation * deviation - 1) / 2
        }
    }
}
