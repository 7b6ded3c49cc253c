import Tensors

/// How far apart the samples of a map lie: what a distance to the nearest one is to be held against.
public struct SampleSpacing: Sendable, Equatable {
    /// The median distance from a sample to its nearest neighbour, of up to 256 samples spread evenly over the map; nil
    /// where there are fewer than two samples, or where most lie on another one.
    public let typical: Double?

    /// Comparisons of numbers at most, so that maps of any size take below a second.
    private static let budget = 1 << 28

    /// - Parameter map: [samples, latent dimension]
    public init(of map: Tensor) throws(LatentSpaceError) {
        guard map.shape.rank == 2 else { throw .notAMap(map.shape) }
        guard map.rows > 1, map.rowLength > 0 else {
            typical = nil
            return
        }
        let probes = min(256, map.rows, max(1, Self.budget / map.values.count))
        let distances = (0..<probes).map { Self.nearest(to: $0 * map.rows / probes, in: map) }.sorted()
        let median = distances[distances.count / 2].squareRoot()
        typical = median > 0 && median.isFinite ? median : nil
    }

    /// The square of the distance from one sample to the nearest other one.
    private static func nearest(to sample: Int, in map: Tensor) -> Double {
        let dimension = map.rowLength
        return map.values.withUnsafeBufferPointer { values in
            let own = values[sample * dimension..<(sample + 1) * dimension].map(Double.init)
            var best = Double.infinity
            for row in 0..<map.rows where row != sample {
                var squared = 0.0
                for j in 0..<dimension {
                    let difference = Double(values[row * dimension + j]) - own[j]
                    squared += difference * difference
                    if squared >= best { break }
                }
                best = min(best, squared)
            }
            return best
        }
    }
}
