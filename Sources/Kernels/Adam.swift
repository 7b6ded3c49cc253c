import CKernels

/// Adam (Kingma and Ba, arXiv:1412.6980) with PyTorch's placement of epsilon, in one pass over memory.
public struct Adam: Hashable, Sendable {
    public var beta1: Float = 0.9
    public var beta2: Float = 0.999
    public var epsilon: Float = 1e-7

    public init() {}

    /// One update of `range`, whose elements no other thread touches meanwhile.
    ///
    /// - Parameter step: counted from 1.
    public func update(
        _ parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
        firstMoment: UnsafeMutablePointer<Float>, secondMoment: UnsafeMutablePointer<Float>, range: Range<Int>,
        learningRate: Float, step: Int
    ) {
        let firstCorrection = 1 - Adam.power(Double(beta1), step)
        let secondCorrection = 1 - Adam.power(Double(beta2), step)
        var constants = latentd_adam(
            beta1: beta1, beta2: beta2, epsilon: epsilon, size: Float(Double(learningRate) / firstCorrection),
            inverse_root: Float(1 / secondCorrection.squareRoot()))
        let first = range.lowerBound
        latentd_adam_update(
            Float.widest, Int64(range.count), &constants, gradient + first, firstMoment + first, secondMoment + first,
            parameters + first)
    }

    private static func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, factor, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        return result
    }
}
