import Tensors

/// The leading eigenvectors of a large symmetric positive matrix by orthogonal iteration with Rayleigh and Ritz'
/// projection (Golub and Van Loan §8.2).
enum SubspaceIteration {
    /// - Parameter basis: the subspace's dimension; some more than are wanted, since the last converge slowest.
    static func leading(_ matrix: [Double], size: Int, basis count: Int) -> [(value: Double, vector: [Double])] {
        var random = RandomSource(seed: 0)
        var basis = (0..<count).map { _ in (0..<size).map { _ in Double(random.normal()) } }
        orthonormalise(&basis)
        var previous: [Double] = []
        for _ in 0..<200 {
            basis = basis.map { multiply(matrix, $0, size: size) }
            orthonormalise(&basis)
            let pairs = rayleighRitz(matrix, basis, size: size)
            basis = pairs.map(\.vector)
            let values = pairs.map(\.value)
            let first = abs(values.first ?? 0)
            if zip(values, previous).prefix(max(1, count - 12)).allSatisfy({ abs($0 - $1) <= 1e-13 * first }),
                !previous.isEmpty
            {
                return pairs
            }
            previous = values
        }
        return rayleighRitz(matrix, basis, size: size)
    }

    private static func rayleighRitz(
        _ matrix: [Double], _ basis: [[Double]], size: Int
    ) -> [(value: Double, vector: [Double])] {
        let images = basis.map { multiply(matrix, $0, size: size) }
        let small = basis.flatMap { left in images.map { dot(left, $0) } }
        return JacobiEigensolver.solve(small, size: basis.count).map { pair in
            var vector = [Double](repeating: 0, count: size)
            for (weight, direction) in zip(pair.vector, basis) {
                for i in 0..<size { vector[i] += weight * direction[i] }
            }
            return (pair.value, vector)
        }
    }

    /// Gram and Schmidt, twice, since once loses digits; a direction that vanishes stays zero.
    private static func orthonormalise(_ basis: inout [[Double]]) {
        for i in basis.indices {
            let original = dot(basis[i], basis[i]).squareRoot()
            for _ in 0..<2 {
                for j in 0..<i {
                    let overlap = dot(basis[i], basis[j])
                    for k in basis[i].indices { basis[i][k] -= overlap * basis[j][k] }
                }
            }
            let length = dot(basis[i], basis[i]).squareRoot()
            // What is left of a dependent direction is rounding, and no longer orthogonal.
            let isDirection = length > max(1e-290, original * 1e-12)
            for k in basis[i].indices { basis[i][k] = isDirection ? basis[i][k] / length : 0 }
        }
    }

    private static func multiply(_ matrix: [Double], _ vector: [Double], size: Int) -> [Double] {
        (0..<size).map { row in
            var sum = 0.0
            for column in 0..<size { sum += matrix[row * size + column] * vector[column] }
            return sum
        }
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for i in a.indices { sum += a[i] * b[i] }
        return sum
    }
}
