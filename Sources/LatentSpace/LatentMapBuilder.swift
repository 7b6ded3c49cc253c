import Autoencoders
import Tensors

/// Encodes a dataset to its posterior means: the latent map.
public struct LatentMapBuilder: Sendable {
    private let model: Autoencoder
    private let chunk: Int

    /// - Parameter chunk: images in memory at a time; changes no number.
    public init(_ model: Autoencoder, chunk: Int = 256) { (self.model, self.chunk) = (model, max(1, chunk)) }

    /// The means of `count` images, [count, latent dimension].
    ///
    /// - Parameter images: gives the images of a range, [range.count, channels, height, width] in 0...1.
    public func means(count: Int, images: (Range<Int>) throws -> Tensor) throws -> Tensor {
        var values: [Float] = []
        var start = 0
        while start < count {
            let range = start..<min(start + chunk, count)
            let encoding = try model.encode(try images(range))
            guard encoding.mean.rows == range.count else {
                throw LatentSpaceError.outOfRange(
                    parameter: "images", actual: Double(encoding.mean.rows),
                    expected: Double(range.count)...Double(range.count))
            }
            values += encoding.mean.values
            start = range.upperBound
        }
        return try Tensor(shape: [max(count, 0), model.configuration.latentDimension], values: values)
    }
}
