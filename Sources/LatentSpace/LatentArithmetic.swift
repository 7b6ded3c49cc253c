/// Weighted sums of points: "smiling woman − woman + man".
public enum LatentArithmetic {
    public struct Term: Sendable, Equatable {
        public let weight: Float
        public let point: [Float]

        public init(weight: Float, point: [Float]) { (self.weight, self.point) = (weight, point) }
    }

    public struct Result: Sendable, Equatable {
        public let latent: [Float]
        public let norm: Double
        /// How many of a hundred draws of the prior lie nearer to the origin: near 100, the decoder has seldom been there.
        public let priorPercentile: Double
    }

    /// Σ weight · point, over 1 to `OperationLimits.points` terms of one dimension.
    public static func sum(_ terms: [Term]) throws(LatentSpaceError) -> Result {
        try LatentSpaceError.check("terms", terms.count, in: 1...OperationLimits.points)
        try LatentSpaceError.check(points: terms.map(\.point))
        var sum = [Double](repeating: 0, count: terms[0].point.count)
        for (index, term) in terms.enumerated() {
            guard term.weight.isFinite else {
                throw .outOfRange(
                    parameter: "terms[\(index)].weight", actual: Double(term.weight),
                    expected: -Double(Float.greatestFiniteMagnitude)...Double(Float.greatestFiniteMagnitude))
            }
            for (dimension, value) in term.point.enumerated() { sum[dimension] += Double(term.weight) * Double(value) }
        }
        let latent = try LatentSpaceError.tensor(rows: [sum]).values
        let norm = PriorNorm.norm(latent)
        return Result(
            latent: latent, norm: norm,
            priorPercentile: 100 * PriorNorm.cumulativeProbability(norm: norm, dimensions: latent.count))
    }
}
