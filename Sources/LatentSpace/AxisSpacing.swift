/// How places are spread over a range of one latent dimension.
public enum AxisSpacing: String, Codable, Sendable, CaseIterable {
    /// At equal distances.
    case uniform
    /// With equal probability under the prior between neighbours, so that the dense middle gets more of them.
    case quantiles

    /// `count` places from `start` to `end`, both met exactly; one place is the middle.
    ///
    /// - Parameter name: what the range is called in an error.
    func places(from start: Double, to end: Double, count: Int, name: String) throws(LatentSpaceError) -> [Double] {
        // Beyond 8 standard deviations double precision cannot tell a probability from 1.
        let bound = self == .uniform ? 1e6 : 8.0
        try LatentSpaceError.check("\(name) start", start, in: -bound...bound)
        try LatentSpaceError.check("\(name) end", end, in: -bound...bound)
        let (low, high) = (place(start), place(end))
        guard count > 1 else { return [position((low + high) / 2)] }
        return (0..<count).map { index in
            if index == 0 { return start }
            if index == count - 1 { return end }
            return position(low + (high - low) * Double(index) / Double(count - 1))
        }
    }

    private func place(_ x: Double) -> Double { self == .uniform ? x : StandardNormal.cumulativeProbability(x) }
    private func position(_ place: Double) -> Double { self == .uniform ? place : StandardNormal.quantile(place) }
}
