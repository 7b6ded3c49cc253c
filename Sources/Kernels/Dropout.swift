import Tensors

/// Inverted dropout: what survives is scaled by 1 / (1 − rate), so that inference needs nothing.
public enum Dropout {
    /// Multiplies `inputs` by a fresh mask that is kept for `backward`.
    @specialized(where Scalar == Float)
    public static func forward<Scalar: KernelScalar>(
        _ inputs: UnsafePointer<Scalar>, _ outputs: UnsafeMutablePointer<Scalar>, mask: UnsafeMutablePointer<Scalar>,
        count: Int, rate: Float, random: inout RandomSource
    ) {
        let keep = Scalar(1 / (1 - rate))
        for i in 0..<count {
            mask[i] = random.uniform() < rate ? 0 : keep
            outputs[i] = inputs[i] * mask[i]
        }
    }

    @specialized(where Scalar == Float)
    public static func backward<Scalar: KernelScalar>(
        _ gradient: UnsafeMutablePointer<Scalar>, mask: UnsafePointer<Scalar>, count: Int
    ) {
        for i in 0..<count { gradient[i] *= mask[i] }
    }
}
