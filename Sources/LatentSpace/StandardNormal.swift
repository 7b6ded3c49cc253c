import Foundation

/// The distribution N(0, 1) of one latent dimension under the prior.
public enum StandardNormal {
    /// The probability of a draw below `x`.
    public static func cumulativeProbability(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

    /// The x with this probability of a draw below it; infinite at 0 and 1, NaN outside.
    ///
    /// Acklam's rational approximation (relative error 1.15e-9) and one step of Halley's method.
    public static func quantile(_ probability: Double) -> Double {
        switch probability {
        case 0: return -.infinity
        case 1: return .infinity
        case 0...1: break
        default: return .nan
        }
        let start: Double
        if probability < 0.02425 {
            start = tail(probability)
        } else if probability > 1 - 0.02425 {
            start = -tail(1 - probability)
        } else {
            let q = probability - 0.5
            let r = q * q
            start = polynomial(centreNumerator, r) * q / (polynomial(centreDenominator, r) * r + 1)
        }
        let error = cumulativeProbability(start) - probability
        let u = error * (2 * Double.pi).squareRoot() * exp(start * start / 2)
        return u.isFinite ? start - u / (1 + start * u / 2) : start
    }

    private static func tail(_ probability: Double) -> Double {
        let q = (-2 * log(probability)).squareRoot()
        return polynomial(tailNumerator, q) / (polynomial(tailDenominator, q) * q + 1)
    }

    private static func polynomial(_ coefficients: [Double], _ x: Double) -> Double {
        coefficients.reduce(0) { $0 * x + $1 }
    }

    private static let centreNumerator = [
        -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02,
        -3.066479806614716e+01, 2.506628277459239e+00,
    ]
    private static let centreDenominator = [
        -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
        -1.328068155288572e+01,
    ]
    private static let tailNumerator = [
        -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00,
        4.374664141464968e+00, 2.938163982698783e+00,
    ]
    private static let tailDenominator = [
        7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00,
    ]
}
