/// An element-wise non-linearity whose derivative follows from its output alone, so that no input need be kept.
public enum Activation: Hashable, Sendable {
    case none
    case relu
    /// x where x > 0, else `slope` x; the slope is positive.
    case leakyReLU(slope: Float)
    case sigmoid
    case tanh

    /// Applies the activation in place.
    @specialized(where Scalar == Float)
    public func forward<Scalar: KernelScalar>(_ values: UnsafeMutablePointer<Scalar>, count: Int) {
        switch self {
        case .none: break
        case .relu: for i in 0..<count { values[i] = values[i] > 0 ? values[i] : 0 }
        case .leakyReLU(let slope):
            let slope = Scalar(slope)
            for i in 0..<count { values[i] = values[i] > 0 ? values[i] : slope * values[i] }
        case .sigmoid: Scalar.sigmoid(values, count: count)
        case .tanh: for i in 0..<count { values[i] = Scalar.hyperbolicTangent(values[i]) }
        }
    }

    /// Turns the gradient of the activation's output into that of its input, in place.
    ///
    /// - Parameter outputs: what `forward` left, `count` elements.
    @specialized(where Scalar == Float)
    public func backward<Scalar: KernelScalar>(
        outputs: UnsafePointer<Scalar>, gradient: UnsafeMutablePointer<Scalar>, count: Int
    ) {
        switch self {
        case .none: break
        case .relu: Scalar.scaleWhereNegative(gradient, outputs: outputs, count: count, slope: 0)
        case .leakyReLU(let slope):
            Scalar.scaleWhereNegative(gradient, outputs: outputs, count: count, slope: Scalar(slope))
        case .sigmoid: for i in 0..<count { gradient[i] *= outputs[i] * (1 - outputs[i]) }
        case .tanh: for i in 0..<count { gradient[i] *= 1 - outputs[i] * outputs[i] }
        }
    }
}
