import Autoencoders
import HTTP
import Tensors

/// Runs a model over a batch in parts, so that work for a client that has gone ends soon.
struct Computation {
    let autoencoder: Autoencoder
    let request: Request
    static let part = 512

    init(_ autoencoder: Autoencoder, for request: Request) { (self.autoencoder, self.request) = (autoencoder, request) }

    /// [n, latent dimension] to [n, channels, height, width]; `parameter` is to blame where that is too much.
    func decode(_ latents: Tensor, parameter: String) throws -> Tensor {
        let input = autoencoder.configuration.input
        try Limits.check(values: latents.rows, input.count, parameter: parameter)
        guard latents.rows > Self.part else { return try autoencoder.decode(latents) }
        var values: [Float] = []
        values.reserveCapacity(latents.rows * input.count)
        for part in try parts(of: latents) {
            try proceed()
            values += try autoencoder.decode(part).values
        }
        return try Tensor(shape: [latents.rows, input.channels, input.height, input.width], values: values)
    }

    /// [n, channels, height, width] to the posterior's mean and log-variance.
    func encode(_ images: Tensor) throws -> Encoding {
        guard images.rows > Self.part else { return try autoencoder.encode(images) }
        var mean: [Float] = []
        var logVariance: [Float] = []
        for part in try parts(of: images) {
            try proceed()
            let encoding = try autoencoder.encode(part)
            mean += encoding.mean.values
            logVariance += encoding.logVariance.values
        }
        let shape: Shape = [images.rows, autoencoder.configuration.latentDimension]
        return Encoding(
            mean: try Tensor(shape: shape, values: mean), logVariance: try Tensor(shape: shape, values: logVariance))
    }

    private func parts(of tensor: Tensor) throws -> [Tensor] {
        try stride(from: 0, to: tensor.rows, by: Self.part).map { start in
            let end = min(start + Self.part, tensor.rows)
            let values = tensor.values[start * tensor.rowLength..<end * tensor.rowLength]
            return try Tensor(
                shape: Shape([end - start] + tensor.shape.dimensions.dropFirst()), values: Array(values))
        }
    }

    private func proceed() throws {
        if request.isCancelled { throw ClientGone() }
    }
}
