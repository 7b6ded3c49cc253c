import Tensors

/// A rectangular grid of latents over a window of two dimensions; decoded, it is a picture of what the model knows.
public struct ManifoldGrid: Sendable, Equatable {
    public var columns, rows: Int
    /// The window: x from `left` to `right`, y from `bottom` to `top`.
    public var left, right, bottom, top: Double
    public var spacing: AxisSpacing
    /// The dimensions that x and y stand for.
    public var horizontal, vertical: Int

    public init(
        columns: Int, rows: Int, left: Double = -3, right: Double = 3, bottom: Double = -3, top: Double = 3,
        spacing: AxisSpacing = .uniform, horizontal: Int = 0, vertical: Int = 1
    ) {
        (self.columns, self.rows) = (columns, rows)
        (self.left, self.right, self.bottom, self.top) = (left, right, bottom, top)
        (self.spacing, self.horizontal, self.vertical) = (spacing, horizontal, vertical)
    }

    /// The grid's latents [rows · columns, latent dimension], row by row from the top.
    ///
    /// - Parameter point: what the other dimensions are, and how many there are; at least 2.
    public func latents(around point: [Float]) throws(LatentSpaceError) -> Tensor {
        try LatentSpaceError.check(points: [point])
        try LatentSpaceError.check("latent dimension", point.count, in: 2...max(2, point.count))
        try LatentSpaceError.check("columns", columns, in: 1...OperationLimits.latents)
        try LatentSpaceError.check("rows", rows, in: 1...OperationLimits.latents)
        try LatentSpaceError.check("columns x rows", columns * rows, in: 1...OperationLimits.latents)
        try LatentSpaceError.check("horizontal", horizontal, in: 0...point.count - 1)
        try LatentSpaceError.check("vertical", vertical, in: 0...point.count - 1)
        guard horizontal != vertical else {
            throw .outOfRange(parameter: "vertical", actual: Double(vertical), expected: 0...Double(point.count - 1))
        }
        let across = try spacing.places(from: left, to: right, count: columns, name: "x")
        let down = try spacing.places(from: top, to: bottom, count: rows, name: "y")
        let exact = point.map(Double.init)
        var latents: [[Double]] = []
        for y in down {
            for x in across {
                var latent = exact
                latent[horizontal] = x
                latent[vertical] = y
                latents.append(latent)
            }
        }
        return try LatentSpaceError.tensor(rows: latents)
    }
}
