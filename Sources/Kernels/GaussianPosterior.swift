/// The approximate posterior N(mean, diag exp(logVariance)) of a VAE (Kingma and Welling, arXiv:1312.6114).
public enum GaussianPosterior {
    /// latents = mean + exp(logVariance / 2) · epsilon, element by element.
    @specialized(where Scalar == Float)
    public static func sample<Scalar: KernelScalar>(
        mean: UnsafePointer<Scalar>, logVariance: UnsafePointer<Scalar>, epsilon: UnsafePointer<Scalar>,
        latents: UnsafeMutablePointer<Scalar>, count: Int
    ) {
        Scalar.posteriorSample(mean, logVariance: logVariance, epsilon: epsilon, latents: latents, count: count)
    }

    /// KL(q ‖ N(0, I)) in nats of each row, summed over its `dimensions`: ½ Σ (μ² + σ² − 1 − log σ²).
    @specialized(where Scalar == Float)
    public static func divergence<Scalar: KernelScalar>(
        mean: UnsafePointer<Scalar>, logVariance: UnsafePointer<Scalar>, rows: Int, dimensions: Int,
        divergences: UnsafeMutablePointer<Double>
    ) {
        for row in 0..<rows {
            divergences[row] = Scalar.posteriorDivergence(
                mean + row * dimensions, logVariance: logVariance + row * dimensions, count: dimensions)
        }
    }

    /// The gradients of the posterior's parameters from that of the latents and the KL's.
    ///
    /// - Parameters:
    ///   - divergenceScale: the weight of one row's summed KL in the objective.
    ///   - freeBits: the KL of an element, in nats, up to which it has no gradient.
    @specialized(where Scalar == Float)
    public static func backward<Scalar: KernelScalar>(
        mean: UnsafePointer<Scalar>, logVariance: UnsafePointer<Scalar>, epsilon: UnsafePointer<Scalar>,
        latentGradient: UnsafePointer<Scalar>, divergenceScale: Scalar, freeBits: Scalar = 0,
        meanGradient: UnsafeMutablePointer<Scalar>, logVarianceGradient: UnsafeMutablePointer<Scalar>, count: Int
    ) {
        if freeBits > 0 {
            return backward(
                mean, logVariance, epsilon, latentGradient, divergenceScale, freeBits, meanGradient,
                logVarianceGradient, count)
        }
        Scalar.posteriorBackward(
            mean, logVariance: logVariance, epsilon: epsilon, latentGradient: latentGradient,
            scale: divergenceScale, meanGradient: meanGradient, logVarianceGradient: logVarianceGradient, count: count)
    }

    /// Element by element, since each has its own scale.
    private static func backward<Scalar: KernelScalar>(
        _ mean: UnsafePointer<Scalar>, _ logVariance: UnsafePointer<Scalar>, _ epsilon: UnsafePointer<Scalar>,
        _ latentGradient: UnsafePointer<Scalar>, _ scale: Scalar, _ freeBits: Scalar,
        _ meanGradient: UnsafeMutablePointer<Scalar>, _ logVarianceGradient: UnsafeMutablePointer<Scalar>, _ count: Int
    ) {
        for i in 0..<count {
            let divergence = Scalar.posteriorDivergence(mean + i, logVariance: logVariance + i, count: 1)
            Scalar.posteriorBackward(
                mean + i, logVariance: logVariance + i, epsilon: epsilon + i, latentGradient: latentGradient + i,
                scale: divergence > Double(freeBits) ? scale : 0, meanGradient: meanGradient + i,
                logVarianceGradient: logVarianceGradient + i, count: 1)
        }
    }
}

extension KernelScalar {
    public static func posteriorSample(
        _ mean: UnsafePointer<Self>, logVariance: UnsafePointer<Self>, epsilon: UnsafePointer<Self>,
        latents: UnsafeMutablePointer<Self>, count: Int
    ) {
        for i in 0..<count { latents[i] = mean[i] + exponential(logVariance[i] / 2) * epsilon[i] }
    }

    public static func posteriorDivergence(
        _ mean: UnsafePointer<Self>, logVariance: UnsafePointer<Self>, count: Int
    ) -> Double {
        (0..<count).reduce(0.0) { total, i in
            total + Double(mean[i] * mean[i] + exponential(logVariance[i]) - 1 - logVariance[i]) / 2
        }
    }

    public static func posteriorBackward(
        _ mean: UnsafePointer<Self>, logVariance: UnsafePointer<Self>, epsilon: UnsafePointer<Self>,
        latentGradient: UnsafePointer<Self>, scale: Self, meanGradient: UnsafeMutablePointer<Self>,
        logVarianceGradient: UnsafeMutablePointer<Self>, count: Int
    ) {
        for i in 0..<count {
            let deviation = exponential(logVariance[i] / 2)
            meanGradient[i] = latentGradient[i] + scale * mean[i]
            logVarianceGradient[i] =
                (latentGradient[i] * epsilon[i] * deviation + scale * (deviation * deviation - 1)) / 2
        }
    }
}
