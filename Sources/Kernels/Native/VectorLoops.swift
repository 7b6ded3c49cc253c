import CKernels

/// The loops over arrays of `Float` on the processor's widest vectors.
extension Float {
    static let widest = InstructionSet.best.value

    public static func sigmoid(_ values: UnsafeMutablePointer<Float>, count: Int) {
        latentd_sigmoid(widest, Int64(count), values)
    }

    public static func bernoulliLoss(
        _ logits: UnsafePointer<Float>, targets: UnsafePointer<Float>, count: Int,
        gradient: UnsafeMutablePointer<Float>?, scale: Float
    ) -> Double {
        latentd_bernoulli_loss(widest, Int64(count), logits, targets, scale, gradient)
    }

    public static func squaredError(
        _ outputs: UnsafePointer<Float>, targets: UnsafePointer<Float>, count: Int,
        gradient: UnsafeMutablePointer<Float>?, scale: Float
    ) -> Double {
        latentd_squared_error(widest, Int64(count), outputs, targets, scale, gradient)
    }

    public static func posteriorSample(
        _ mean: UnsafePointer<Float>, logVariance: UnsafePointer<Float>, epsilon: UnsafePointer<Float>,
        latents: UnsafeMutablePointer<Float>, count: Int
    ) {
        latentd_posterior_sample(widest, Int64(count), mean, logVariance, epsilon, latents)
    }

    public static func posteriorDivergence(
        _ mean: UnsafePointer<Float>, logVariance: UnsafePointer<Float>, count: Int
    ) -> Double {
        latentd_posterior_divergence(widest, Int64(count), mean, logVariance)
    }

    public static func posteriorBackward(
        _ mean: UnsafePointer<Float>, logVariance: UnsafePointer<Float>, epsilon: UnsafePointer<Float>,
        latentGradient: UnsafePointer<Float>, scale: Float, meanGradient: UnsafeMutablePointer<Float>,
        logVarianceGradient: UnsafeMutablePointer<Float>, count: Int
    ) {
        latentd_posterior_backward(
            widest, Int64(count), mean, logVariance, epsilon, latentGradient, scale, meanGradient,
            logVarianceGradient)
    }

    public static func scaleWhereNegative(
        _ gradient: UnsafeMutablePointer<Float>, outputs: UnsafePointer<Float>, count: Int, slope: Float
    ) {
        latentd_scale_where_negative(widest, Int64(count), outputs, slope, gradient)
    }

    public static func addRows(
        _ values: UnsafePointer<Float>, rows: Int, columns: Int, to sums: UnsafeMutablePointer<Float>
    ) {
        latentd_add_rows(widest, Int64(rows), Int64(columns), values, sums)
    }
}

/// Sums of whole vectors of parameters or gradients.
public enum VectorSum {
    /// sums = keep · sums + scale · values
    public static func add(
        _ values: UnsafePointer<Float>, scale: Float = 1, to sums: UnsafeMutablePointer<Float>, keep: Float = 1,
        count: Int
    ) {
        latentd_add_scaled(Float.widest, Int64(count), keep, scale, values, sums)
    }

    /// values = factor · values
    public static func scale(_ values: UnsafeMutablePointer<Float>, by factor: Float, count: Int) {
        for i in 0..<count { values[i] *= factor }
    }

    /// Σ values², in double precision and always in the same order.
    public static func squares(_ values: UnsafePointer<Float>, count: Int) -> Double {
        var sums = SIMD8<Double>()
        let whole = count / 8 * 8
        for start in stride(from: 0, to: whole, by: 8) {
            let part = SIMD8<Double>(UnsafeRawPointer(values + start).loadUnaligned(as: SIMD8<Float>.self))
            sums += part * part
        }
        return (whole..<count).reduce(sums.sum()) { $0 + Double(values[$1]) * Double(values[$1]) }
    }
}

/// A matrix turned over.
public enum Transposition {
    /// target [columns, rows] from source [rows, columns].
    ///
    /// - Parameter pitch: from a row of the target to the next; `rows` where nothing else is said.
    public static func run(
        _ source: UnsafePointer<Float>, rows: Int, columns: Int, to target: UnsafeMutablePointer<Float>,
        pitch: Int? = nil
    ) {
        latentd_transpose(Float.widest, Int64(rows), Int64(columns), source, Int64(pitch ?? rows), target)
    }
}
