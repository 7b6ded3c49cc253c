import Tensors

/// The samples of a map that lie nearest to a latent.
public enum NearestSamples {
    public struct Neighbour: Sendable, Equatable {
        /// The sample's row in the map, which is its index in the dataset.
        public let index: Int
        /// Euclidean, in latent space.
        public let distance: Double
    }

    /// The nearest `count` samples, nearest first, of equal ones the first in the map; fewer where the map has fewer.
    ///
    /// - Parameter map: [samples, latent dimension]
    public static func find(_ point: [Float], in map: Tensor, count: Int) throws(LatentSpaceError) -> [Neighbour] {
        guard map.shape.rank == 2 else { throw .notAMap(map.shape) }
        try LatentSpaceError.check("count", count, in: 1...OperationLimits.points)
        try LatentSpaceError.check(points: [point])
        guard point.count == map.shape.dimensions[1] else {
            throw .dimension(point: 0, expected: map.shape.dimensions[1], actual: point.count)
        }
        var nearest: [(index: Int, squared: Double)] = []
        map.values.withUnsafeBufferPointer { values in
            for row in 0..<map.rows {
                var squared = 0.0
                for dimension in 0..<point.count {
                    let difference = Double(values[row * point.count + dimension]) - Double(point[dimension])
                    squared += difference * difference
                }
                if nearest.count == count, let last = nearest.last, squared >= last.squared { continue }
                let place = nearest.firstIndex { squared < $0.squared } ?? nearest.count
                nearest.insert((row, squared), at: place)
                if nearest.count > count { nearest.removeLast() }
            }
        }
        return nearest.map { Neighbour(index: $0.index, distance: $0.squared.squareRoot()) }
    }
}
