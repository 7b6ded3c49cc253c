/// The distribution of an image's elements given the decoder's raw outputs.
public enum Likelihood: Hashable, Sendable {
    /// Outputs are logits. On grey targets the loss has the expectation of binarised ones, but is no density.
    case bernoulli
    /// Outputs are means, with one fixed variance.
    case gaussian(variance: Float)

    /// Negative log-likelihood in nats of each image, and its gradient.
    ///
    /// - Parameters:
    ///   - outputs, targets: [images, elements]
    ///   - losses: one number an image is written
    ///   - gradient: where given, `gradientScale` · ∂loss/∂outputs is written
    @specialized(where Scalar == Float)
    public func loss<Scalar: KernelScalar>(
        outputs: UnsafePointer<Scalar>, targets: UnsafePointer<Scalar>, images: Int, elements: Int,
        losses: UnsafeMutablePointer<Double>, gradient: UnsafeMutablePointer<Scalar>?, gradientScale: Scalar = 1
    ) {
        for image in 0..<images {
            let (output, target) = (outputs + image * elements, targets + image * elements)
            switch self {
            case .bernoulli:
                losses[image] = Scalar.bernoulliLoss(
                    output, targets: target, count: elements, gradient: gradient.map { $0 + image * elements },
                    scale: gradientScale)
            case .gaussian(let variance):
                let squares = Scalar.squaredError(
                    output, targets: target, count: elements, gradient: gradient.map { $0 + image * elements },
                    scale: gradientScale / Scalar(variance))
                let constant = Double.logarithm(2 * .pi * Double(variance)) / 2
                losses[image] = squares / (2 * Double(variance)) + Double(elements) * constant
            }
        }
    }

    /// Turns raw outputs into the distribution's means, in place: probabilities for Bernoulli.
    @specialized(where Scalar == Float)
    public func mean<Scalar: KernelScalar>(_ outputs: UnsafeMutablePointer<Scalar>, count: Int) {
        switch self {
        case .bernoulli: Activation.sigmoid.forward(outputs, count: count)
        case .gaussian: break
        }
    }
}
