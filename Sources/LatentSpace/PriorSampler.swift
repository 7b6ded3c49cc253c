import Autoencoders
import Tensors

/// Latents drawn from the prior N(0, I).
public enum PriorSampler {
    public static let temperatures: ClosedRange<Double> = 0...100

    /// Draws `count` latents, [count, dimensions].
    ///
    /// Row i depends on the seed and i only, so that asking for more keeps the first ones.
    /// - Parameter temperature: the standard deviation: 1 is the prior itself, 0 gives the origin.
    public static func sample(
        count: Int, dimensions: Int, seed: UInt64, temperature: Float = 1
    ) throws(LatentSpaceError) -> Tensor {
        try LatentSpaceError.check("count", count, in: 1...OperationLimits.latents)
        try LatentSpaceError.check("dimensions", dimensions, in: 1...1_000_000)
        try LatentSpaceError.check("temperature", Double(temperature), in: temperatures)
        var values: [Float] = []
        values.reserveCapacity(count * dimensions)
        for row in 0..<count {
            var random = RandomSource(seed: seed, stream: RandomPurpose.prior.stream(row))
            for _ in 0..<dimensions { values.append(temperature * random.normal()) }
        }
        do { return try Tensor(shape: [count, dimensions], values: values) } catch {
            throw .notAMap([count, dimensions])
        }
    }
}
