import Tensors

/// Inverted dropout: what survives is scaled by 1 / (1 − rate), so that inference needs nothing.
public enum Dropout {
    /// Numbers drawn at once.
    private static let piece = 1024

    /// Multiplies `inputs` by a fresh mask that is kept for `backward`.
    @specialized(where Scalar == Float)
    public static func forward<Scalar: KernelScalar>(
        _ inputs: UnsafePointer<Scalar>, _ outputs: UnsafeMutablePointer<Scalar>, mask: UnsafeMutablePointer<Scalar>,
        count: Int, rate: Float, random: inout RandomSource
    ) {
        let keep = Scalar(1 / (1 - rate))
        var drawn = 0
        withUnsafeTemporaryAllocation(of: Float.self, capacity: piece) { uniforms in
            guard let base = uniforms.baseAddress else { return }
            while drawn < count {
                let here = min(piece, count - drawn)
                random.uniforms(base, count: here)
                for i in 0..<here {
                    let factor = base[i] < rate ? 0 : keep
                    mask[drawn + i] = factor
                    outputs[drawn + i] = inputs[drawn + i] * factor
                }
                drawn += here
            }
        }
    }

    @specialized(where Scalar == Float)
    public static func backward<Scalar: KernelScalar>(
        _ gradient: UnsafeMutablePointer<Scalar>, mask: UnsafePointer<Scalar>, count: Int
    ) {
        for i in 0..<count { gradient[i] *= mask[i] }
    }
}
