import Foundation
import Tensors

/// The way from one point to the next.
public enum InterpolationMethod: String, Codable, Sendable, CaseIterable {
    /// The straight line; the natural choice in two dimensions.
    case linear
    /// The arc of a great circle (Shoemake 1985; White, arXiv:1609.04468), which keeps to the shell where the prior of
    /// many dimensions has its mass.
    case slerp
}

/// Latents on a path through given points.
public enum Interpolation {
    /// Below this angle an arc and a line are the same in float32; above π minus it, the arc's plane is undecided.
    private static let smallestAngle = 1e-4

    /// The path's latents, [(points − 1) · (steps − 1) + 1, latent dimension].
    ///
    /// The points themselves are met exactly, and those between two parts come once.
    /// - Parameters:
    ///   - points: at least two of one dimension. Interpolate means, not samples.
    ///   - steps: latents from one point to the next, both included; at least 2.
    public static func latents(
        through points: [[Float]], steps: Int, method: InterpolationMethod = .linear
    ) throws(LatentSpaceError) -> Tensor {
        try LatentSpaceError.check("points", points.count, in: 2...OperationLimits.points)
        // At most this many steps a part keep the whole path within the limit.
        let limit = max(2, (OperationLimits.latents - 1) / (points.count - 1) + 1)
        try LatentSpaceError.check("steps", steps, in: 2...limit)
        try LatentSpaceError.check(points: points)
        let exact = points.map { $0.map(Double.init) }
        var rows = [exact[0]]
        for part in 1..<exact.count {
            let (from, to) = (exact[part - 1], exact[part])
            let weights = try weights(method, from, to, part: part)
            for step in 1..<steps - 1 {
                let (first, second) = weights(Double(step) / Double(steps - 1))
                rows.append(zip(from, to).map { first * $0 + second * $1 })
            }
            rows.append(to)
        }
        return try LatentSpaceError.tensor(rows: rows)
    }

    /// The weights of both ends by the fraction of the way.
    private static func weights(
        _ method: InterpolationMethod, _ from: [Double], _ to: [Double], part: Int
    ) throws(LatentSpaceError) -> (Double) -> (Double, Double) {
        guard method == .slerp, let angle = angle(from, to), angle >= smallestAngle else { return { (1 - $0, $0) } }
        guard angle <= .pi - smallestAngle else { throw .antiparallel(from: part - 1, to: part) }
        let whole = sin(angle)
        return { (sin((1 - $0) * angle) / whole, sin($0 * angle) / whole) }
    }

    /// The angle between two vectors, exact near 0 and π where the arc cosine is not; nil where one is 0.
    private static func angle(_ a: [Double], _ b: [Double]) -> Double? {
        let (lengthA, lengthB) = (length(a), length(b))
        guard lengthA > 0, lengthB > 0 else { return nil }
        let difference = length(zip(a, b).map { $0 / lengthA - $1 / lengthB })
        let sum = length(zip(a, b).map { $0 / lengthA + $1 / lengthB })
        return 2 * atan2(difference, sum)
    }

    private static func length(_ vector: [Double]) -> Double {
        vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
}
