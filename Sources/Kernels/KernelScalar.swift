import Glibc

/// The number types that kernels run on: `Float` in production, `Double` where finite differences judge.
///
/// The loops over arrays are written here for both; for `Float` they are vectorised (see Native/VectorLoops.swift).
public protocol KernelScalar: BinaryFloatingPoint, Sendable {
    static func exponential(_ x: Self) -> Self
    static func logarithm1p(_ x: Self) -> Self
    static func logarithm(_ x: Self) -> Self
    static func hyperbolicTangent(_ x: Self) -> Self

    /// values = 1 / (1 + exp(−values))
    static func sigmoid(_ values: UnsafeMutablePointer<Self>, count: Int)

    /// Σ max(x, 0) − x · target + log(1 + exp(−|x|)) of logits x; `gradient` becomes scale · (sigmoid(x) − target).
    static func bernoulliLoss(
        _ logits: UnsafePointer<Self>, targets: UnsafePointer<Self>, count: Int,
        gradient: UnsafeMutablePointer<Self>?, scale: Self
    ) -> Double

    /// Σ (output − target)²; `gradient` becomes scale · (output − target).
    static func squaredError(
        _ outputs: UnsafePointer<Self>, targets: UnsafePointer<Self>, count: Int,
        gradient: UnsafeMutablePointer<Self>?, scale: Self
    ) -> Double

    /// See `GaussianPosterior`.
    static func posteriorSample(
        _ mean: UnsafePointer<Self>, logVariance: UnsafePointer<Self>, epsilon: UnsafePointer<Self>,
        latents: UnsafeMutablePointer<Self>, count: Int)
    /// Of one row.
    static func posteriorDivergence(
        _ mean: UnsafePointer<Self>, logVariance: UnsafePointer<Self>, count: Int
    ) -> Double
    static func posteriorBackward(
        _ mean: UnsafePointer<Self>, logVariance: UnsafePointer<Self>, epsilon: UnsafePointer<Self>,
        latentGradient: UnsafePointer<Self>, scale: Self, meanGradient: UnsafeMutablePointer<Self>,
        logVarianceGradient: UnsafeMutablePointer<Self>, count: Int)

    /// gradient · slope where the output is not positive.
    static func scaleWhereNegative(
        _ gradient: UnsafeMutablePointer<Self>, outputs: UnsafePointer<Self>, count: Int, slope: Self)

    /// sums[column] += Σ over rows values[row, column]
    static func addRows(
        _ values: UnsafePointer<Self>, rows: Int, columns: Int, to sums: UnsafeMutablePointer<Self>)
}

extension KernelScalar {
    public static func sigmoid(_ values: UnsafeMutablePointer<Self>, count: Int) {
        for i in 0..<count { values[i] = 1 / (1 + exponential(-values[i])) }
    }

    public static func bernoulliLoss(
        _ logits: UnsafePointer<Self>, targets: UnsafePointer<Self>, count: Int,
        gradient: UnsafeMutablePointer<Self>?, scale: Self
    ) -> Double {
        var total = 0.0
        for i in 0..<count {
            let logit = logits[i]
            let tail = exponential(-abs(logit))
            total += Double(max(logit, 0) - logit * targets[i] + logarithm1p(tail))
            let probability = (logit >= 0 ? 1 : tail) / (1 + tail)
            gradient?[i] = scale * (probability - targets[i])
        }
        return total
    }

    public static func squaredError(
        _ outputs: UnsafePointer<Self>, targets: UnsafePointer<Self>, count: Int,
        gradient: UnsafeMutablePointer<Self>?, scale: Self
    ) -> Double {
        var total = 0.0
        for i in 0..<count {
            let difference = outputs[i] - targets[i]
            total += Double(difference * difference)
            gradient?[i] = scale * difference
        }
        return total
    }

    public static func scaleWhereNegative(
        _ gradient: UnsafeMutablePointer<Self>, outputs: UnsafePointer<Self>, count: Int, slope: Self
    ) {
        for i in 0..<count where !(outputs[i] > 0) { gradient[i] *= slope }
    }

    public static func addRows(
        _ values: UnsafePointer<Self>, rows: Int, columns: Int, to sums: UnsafeMutablePointer<Self>
    ) {
        for row in 0..<rows {
            for column in 0..<columns { sums[column] += values[row * columns + column] }
        }
    }
}

extension Float: KernelScalar {
    public static func exponential(_ x: Float) -> Float { expf(x) }
    public static func logarithm1p(_ x: Float) -> Float { log1pf(x) }
    public static func logarithm(_ x: Float) -> Float { logf(x) }
    public static func hyperbolicTangent(_ x: Float) -> Float { tanhf(x) }
}

extension Double: KernelScalar {
    public static func exponential(_ x: Double) -> Double { exp(x) }
    public static func logarithm1p(_ x: Double) -> Double { log1p(x) }
    public static func logarithm(_ x: Double) -> Double { log(x) }
    public static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
}
