import Tensors

/// Directions that stand for an attribute: a mean with it minus a mean without (White, arXiv:1609.04468, section 3).
public enum AttributeVector {
    /// The mean of `to` minus the mean of `from`.
    public static func difference(from: [[Float]], to: [[Float]]) throws(LatentSpaceError) -> [Float] {
        try LatentSpaceError.check("from", from.count, in: 1...OperationLimits.points)
        try LatentSpaceError.check("to", to.count, in: 1...OperationLimits.points)
        try LatentSpaceError.check(points: from + to)
        let (start, end) = (mean(from), mean(to))
        return try LatentSpaceError.tensor(rows: [zip(start, end).map { $1 - $0 }]).values
    }

    private static func mean(_ points: [[Float]]) -> [Double] {
        var mean = [Double](repeating: 0, count: points[0].count)
        for point in points {
            for (j, value) in point.enumerated() { mean[j] += Double(value) / Double(points.count) }
        }
        return mean
    }
}

/// The means of a dataset's latents, one a label.
public struct LabelMeans: Sendable {
    private let dimensions: Int
    private var sums: [UInt8: [Double]] = [:]
    /// How many latents each label has so far.
    public private(set) var counts: [UInt8: Int] = [:]

    public init(dimensions: Int) { self.dimensions = dimensions }

    /// - Parameters:
    ///   - latents: [n, latent dimension]
    ///   - labels: n of them.
    public mutating func add(_ latents: Tensor, labels: ArraySlice<UInt8>) throws(LatentSpaceError) {
        guard latents.shape.rank == 2, latents.shape.dimensions[1] == dimensions, labels.count == latents.rows else {
            throw .notAMap(latents.shape)
        }
        for (row, label) in labels.enumerated() {
            counts[label, default: 0] += 1
            var sum = sums[label] ?? [Double](repeating: 0, count: dimensions)
            for (j, value) in latents.row(row).enumerated() { sum[j] += Double(value) }
            sums[label] = sum
        }
    }

    /// The mean of a label minus the mean of all others.
    ///
    /// The others are balanced: each counts the same, as if the samples of the rarer ones were replicated until all had
    /// equally many. Otherwise the direction would tell what the most frequent of them is, too.
    public func direction(of label: UInt8) throws(LatentSpaceError) -> [Float] {
        let others = counts.keys.filter { $0 != label }.sorted()
        try LatentSpaceError.check("samples with the label", counts[label] ?? 0, in: 1...Int.max)
        try LatentSpaceError.check("samples without the label", others.count, in: 1...Int.max)
        var direction = mean(of: label)
        for other in others {
            for (j, value) in mean(of: other).enumerated() { direction[j] -= value / Double(others.count) }
        }
        return try LatentSpaceError.tensor(rows: [direction]).values
    }

    private func mean(of label: UInt8) -> [Double] {
        let count = Double(max(1, counts[label] ?? 0))
        return (sums[label] ?? [Double](repeating: 0, count: dimensions)).map { $0 / count }
    }
}
