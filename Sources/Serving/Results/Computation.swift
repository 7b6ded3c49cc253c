import Autoencoders
import HTTP
import Kernels
import Tensors

/// Runs a model over a batch for as long as somebody waits for it, taking turns with others.
struct Computation {
    let autoencoder: Autoencoder
    let request: Request

    init(_ autoencoder: Autoencoder, for request: Request) { (self.autoencoder, self.request) = (autoencoder, request) }

    /// [n, latent dimension] to [n, channels, height, width]; `parameter` is to blame where that is too much.
    func decode(_ latents: Tensor, parameter: String) throws -> Tensor {
        try Limits.check(values: latents.rows, autoencoder.configuration.input.count, parameter: parameter)
        return try autoencoder.decode(latents, owner: owner, proceed: proceed)
    }

    /// [n, channels, height, width] to the posterior's mean and log-variance.
    func encode(_ images: Tensor) throws -> Encoding { try autoencoder.encode(images, owner: owner, proceed: proceed) }

    /// [n, channels, height, width] to the same, with what was lost.
    func reconstruct(_ images: Tensor) throws -> Reconstruction {
        try autoencoder.reconstruct(images, owner: owner, proceed: proceed)
    }

    private var owner: WorkOwner { WorkOwner(request.turn) }
    private var proceed: Autoencoder.Proceeding {
        { [request] in if request.isCancelled { throw ClientGone() } }
    }
}
