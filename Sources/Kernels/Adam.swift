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
        let size = Float(Double(learningRate) / firstCorrection)
        let inverseRoot = Float(1 / secondCorrection.squareRoot())
        for i in range {
            let g = gradient[i]
            let m = beta1 * firstMoment[i] + (1 - beta1) * g
            let v = beta2 * secondMoment[i] + (1 - beta2) * g * g
            firstMoment[i] = m
            secondMoment[i] = v
            parameters[i] -= size * m / (v.squareRoot() * inverseRoot + epsilon)
        }
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
