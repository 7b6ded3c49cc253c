import Tensors

/// Latents of any dimension as points of the plane: two stay as they are, more are laid on their principal plane.
enum PlaneProjection {
    private static let rounds = 30

    /// [n, latent dimension] to n pairs.
    ///
    /// More than two dimensions are projected on the two directions of greatest variance, found by orthogonal iteration
    /// from a fixed start, so that a map always looks the same.
    static func project(_ latents: Tensor) -> [Float] {
        let (rows, dimension) = (latents.rows, latents.rowLength)
        if dimension == 2 { return latents.values }
        guard dimension > 2 else { return latents.values.flatMap { [$0, 0] } }
        return latents.values.withUnsafeBufferPointer { values in
            let means = self.means(values, rows: rows, dimension: dimension)
            var random = RandomSource(seed: 1)
            var first = (0..<dimension).map { _ in Double(random.normal()) }
            var second = (0..<dimension).map { _ in Double(random.normal()) }
            orthonormalise(&first, &second)
            for _ in 0..<rounds {
                // [dimension]: the covariance times both directions, without making the covariance.
                var nextFirst = [Double](repeating: 0, count: dimension)
                var nextSecond = nextFirst
                for row in 0..<rows {
                    var (a, b) = (0.0, 0.0)
                    for j in 0..<dimension {
                        let centred = Double(values[row * dimension + j]) - means[j]
                        a += centred * first[j]
                        b += centred * second[j]
                    }
                    for j in 0..<dimension {
                        let centred = Double(values[row * dimension + j]) - means[j]
                        nextFirst[j] += a * centred
                        nextSecond[j] += b * centred
                    }
                }
                (first, second) = (nextFirst, nextSecond)
                orthonormalise(&first, &second)
            }
            return (0..<rows).flatMap { row in
                var (a, b) = (0.0, 0.0)
                for j in 0..<dimension {
                    let centred = Double(values[row * dimension + j]) - means[j]
                    a += centred * first[j]
                    b += centred * second[j]
                }
                return [Float(a), Float(b)]
            }
        }
    }

    private static func means(_ values: UnsafeBufferPointer<Float>, rows: Int, dimension: Int) -> [Double] {
        var means = [Double](repeating: 0, count: dimension)
        for row in 0..<rows {
            for j in 0..<dimension { means[j] += Double(values[row * dimension + j]) / Double(rows) }
        }
        return means
    }

    /// Gram and Schmidt; a direction without length stays 0, so that data on a line or a point give a line or a point.
    private static func orthonormalise(_ first: inout [Double], _ second: inout [Double]) {
        normalise(&first)
        let overlap = zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
        for j in second.indices { second[j] -= overlap * first[j] }
        normalise(&second)
    }

    private static func normalise(_ vector: inout [Double]) {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 1e-300 else { return }
        for j in vector.indices { vector[j] /= length }
    }
}
