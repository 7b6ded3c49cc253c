import Foundation

/// How far from the origin the prior N(0, I) puts its points: the χ distribution with as many degrees as dimensions.
public enum PriorNorm {
    /// The Euclidean length of a latent.
    public static func norm(_ latent: [Float]) -> Double {
        latent.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }

    /// The probability that a draw of the prior is nearer to the origin than `norm`, 0...1.
    ///
    /// P(L/2, norm²/2), the regularised lower incomplete gamma function.
    public static func cumulativeProbability(norm: Double, dimensions: Int) -> Double {
        guard dimensions > 0, norm > 0 else { return 0 }
        return regularisedGamma(Double(dimensions) / 2, norm * norm / 2)
    }

    /// Numerical Recipes §6.2: the series below the mean, the continued fraction above it (modified Lentz).
    static func regularisedGamma(_ shape: Double, _ x: Double) -> Double {
        guard x.isFinite else { return 1 }
        var sign: Int32 = 0
        let logPrefactor = -x + shape * log(x) - lgamma_r(shape, &sign)
        // Terms die out within a few standard deviations of the gamma distribution.
        let iterations = 200 + 20 * Int(min(shape, 1e12).squareRoot())
        if x < shape + 1 {
            var (term, sum) = (1 / shape, 1 / shape)
            for i in 1...iterations {
                term *= x / (shape + Double(i))
                sum += term
                if term < sum * 1e-16 { break }
            }
            return min(1, sum * exp(logPrefactor))
        }
        let tiny = 1e-300
        var b = x + 1 - shape
        var (c, d) = (1 / tiny, 1 / b)
        var fraction = d
        for i in 1...iterations {
            let a = -Double(i) * (Double(i) - shape)
            b += 2
            d = a * d + b
            if abs(d) < tiny { d = tiny }
            c = b + a / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            fraction *= d * c
            if abs(d * c - 1) < 1e-16 { break }
        }
        return max(0, 1 - fraction * exp(logPrefactor))
    }
}
