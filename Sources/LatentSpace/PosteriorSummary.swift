import Autoencoders
import Foundation

/// Which latent dimensions a model uses, told from the encoding of a dataset.
public struct PosteriorSummary: Sendable, Equatable {
    /// KL(q(z_j|x) ‖ N(0, 1)) in nats, a mean over the images, one a dimension.
    public let divergences: [Double]
    /// The variance of the posterior means over the images, one a dimension.
    public let meanVariances: [Double]
    /// Dimensions whose means vary by more than 0.01 (Burda, Grosse, Salakhutdinov, arXiv:1509.00519).
    public var activeUnits: Int { meanVariances.count { $0 > 0.01 } }

    public init(_ encoding: Encoding) {
        let (rows, dimensions) = (encoding.mean.rows, encoding.mean.rowLength)
        var divergences = [Double](repeating: 0, count: dimensions)
        var sums = divergences
        var variances = divergences
        for row in 0..<rows {
            for (j, (mean, logVariance)) in zip(encoding.mean.row(row), encoding.logVariance.row(row)).enumerated() {
                let (mean, logVariance) = (Double(mean), Double(logVariance))
                divergences[j] += 0.5 * (mean * mean + exp(logVariance) - 1 - logVariance) / Double(rows)
                sums[j] += mean / Double(rows)
            }
        }
        for row in 0..<rows {
            for (j, mean) in encoding.mean.row(row).enumerated() {
                let deviation = Double(mean) - sums[j]
                variances[j] += deviation * deviation / Double(rows)
            }
        }
        (self.divergences, meanVariances) = (divergences, variances)
    }
}
