import Autoencoders
import Tensors

/// The directions in which a map varies most: how a map of many dimensions is drawn on a plane (Pearson 1901).
public struct PrincipalComponents: Sendable, Equatable {
    /// The map's mean, [latent dimension].
    public let mean: [Float]
    /// [count, latent dimension], rows of length 1, of most variance first.
    ///
    /// The number of largest magnitude in each is positive, so that the picture is the same every time. A direction in which
    /// the map does not vary at all may be zero.
    public let components: Tensor
    /// The map's variance along each component.
    public let variances: [Double]

    /// - Parameters:
    ///   - map: [samples, latent dimension], at least one sample of finite numbers.
    ///   - count: components to keep, at most the latent dimension.
    public init(of map: Tensor, count: Int = 2) throws(LatentSpaceError) {
        guard map.shape.rank == 2, map.rows > 0 else { throw .notAMap(map.shape) }
        let dimensions = map.shape.dimensions[1]
        try LatentSpaceError.check("components", count, in: 1...max(1, dimensions))
        guard count <= dimensions else { throw .notAMap(map.shape) }
        if let index = map.values.firstIndex(where: { !$0.isFinite }) {
            throw .nonFinite(point: index / dimensions, dimension: index % dimensions)
        }
        let (mean, covariance) = Self.moments(map, dimensions: dimensions)
        let pairs = Self.leading(covariance, size: dimensions, count: count)
        self.mean = mean.map { Float($0) }
        variances = pairs.map { max(0, $0.value) }
        components = try LatentSpaceError.tensor(rows: pairs.map { Self.signed($0.vector) })
    }

    /// The coordinates of latents [n, latent dimension] along the components, [n, count].
    public func project(_ latents: Tensor) throws(LatentSpaceError) -> Tensor {
        guard latents.shape.rank == 2, latents.shape.dimensions[1] == mean.count else {
            throw .notAMap(latents.shape)
        }
        let rows = (0..<latents.rows).map { row in
            (0..<components.rows).map { component in
                zip(zip(latents.row(row), mean), components.row(component)).reduce(0.0) {
                    $0 + (Double($1.0.0) - Double($1.0.1)) * Double($1.1)
                }
            }
        }
        return try LatentSpaceError.tensor(rows: rows, dimension: components.rows)
    }

    /// The latents of the plane's points [n, count], [n, latent dimension].
    public func lift(_ coordinates: Tensor) throws(LatentSpaceError) -> Tensor {
        guard coordinates.shape.rank == 2, coordinates.shape.dimensions[1] == components.rows else {
            throw .notAMap(coordinates.shape)
        }
        let rows = (0..<coordinates.rows).map { row in
            var latent = mean.map(Double.init)
            for (component, coordinate) in coordinates.row(row).enumerated() {
                for (j, value) in components.row(component).enumerated() {
                    latent[j] += Double(coordinate) * Double(value)
                }
            }
            return latent
        }
        return try LatentSpaceError.tensor(rows: rows, dimension: mean.count)
    }

    private static func moments(_ map: Tensor, dimensions: Int) -> (mean: [Double], covariance: [Double]) {
        var mean = [Double](repeating: 0, count: dimensions)
        var covariance = [Double](repeating: 0, count: dimensions * dimensions)
        var centred = mean
        let weight = 1 / Double(map.rows)
        for row in 0..<map.rows {
            for (j, value) in map.row(row).enumerated() { mean[j] += weight * Double(value) }
        }
        for row in 0..<map.rows {
            for (j, value) in map.row(row).enumerated() { centred[j] = Double(value) - mean[j] }
            for i in 0..<dimensions {
                let scaled = weight * centred[i]
                for j in i..<dimensions { covariance[i * dimensions + j] += scaled * centred[j] }
            }
        }
        for i in 0..<dimensions {
            for j in 0..<i { covariance[i * dimensions + j] = covariance[j * dimensions + i] }
        }
        return (mean, covariance)
    }

    /// Jacobi's method costs the cube of the size, so a large matrix is first brought to its leading subspace.
    private static func leading(
        _ covariance: [Double], size: Int, count: Int
    ) -> [(value: Double, vector: [Double])] {
        let wanted = count + 14
        guard size > 48, wanted < size else {
            return Array(JacobiEigensolver.solve(covariance, size: size).prefix(count))
        }
        return Array(SubspaceIteration.leading(covariance, size: size, basis: wanted).prefix(count))
    }

    private static func signed(_ vector: [Double]) -> [Double] {
        let largest = vector.max { abs($0) < abs($1) } ?? 0
        return largest < 0 ? vector.map { -$0 } : vector
    }
}
