import Tensors

/// One dimension, or one direction, moved through a range while the rest stays.
public enum Traversal {
    /// Latents [steps, latent dimension] equal to `point` but for `dimension`, which takes the values of the range.
    ///
    /// - Parameter steps: 1 to `OperationLimits.latents`.
    public static func latents(
        around point: [Float], dimension: Int, from start: Double = -3, to end: Double = 3, steps: Int,
        spacing: AxisSpacing = .uniform
    ) throws(LatentSpaceError) -> Tensor {
        try LatentSpaceError.check(points: [point])
        try LatentSpaceError.check("dimension", dimension, in: 0...point.count - 1)
        try LatentSpaceError.check("steps", steps, in: 1...OperationLimits.latents)
        let exact = point.map(Double.init)
        let rows = try spacing.places(from: start, to: end, count: steps, name: "range").map { place in
            var row = exact
            row[dimension] = place
            return row
        }
        return try LatentSpaceError.tensor(rows: rows)
    }

    /// Latents point + t · direction [steps, latent dimension], t through the range.
    public static func latents(
        around point: [Float], along direction: [Float], from start: Double, to end: Double, steps: Int,
        spacing: AxisSpacing = .uniform
    ) throws(LatentSpaceError) -> Tensor {
        try LatentSpaceError.check(points: [point, direction])
        try LatentSpaceError.check("steps", steps, in: 1...OperationLimits.latents)
        let rows = try spacing.places(from: start, to: end, count: steps, name: "range").map { place in
            zip(point, direction).map { Double($0) + place * Double($1) }
        }
        return try LatentSpaceError.tensor(rows: rows)
    }
}
