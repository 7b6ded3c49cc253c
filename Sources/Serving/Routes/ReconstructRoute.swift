import Autoencoders
import Checkpoints
import HTTP
import Kernels
import Tensors

/// Images encoded to their means and decoded again, with both parts of the loss.
enum ReconstructRoute {
    static let endpoints = [
        // Computed alone, on all workers.
        Endpoint(
            method: .post, pattern: "/v1/models/{model}/reconstruct", access: .infer,
            query: QueryFields.picture + ["rows"] + QueryFields.points, bodyLimit: Limits.bulkBody,
            summary: "Images through the model and back, with their losses.", handle: ReconstructWork.answer)
    ]
}

struct ReconstructWork: ModelWork {
    let model: ServedModel
    let rows: Tensor
    private let request: Request

    static func target(of request: Request, _ services: Services) throws -> ModelTarget {
        try services.target(.reconstruct, of: request)
    }

    init(_ request: Request, of target: ModelTarget, _ services: Services) throws {
        (self.request, model) = (request, target.model)
        let reader = try services.reader(of: model, for: request)
        rows = try ModelInput(reader: reader, request: request).images(options: []).images
        try ImageResult.check(count: rows.rows, of: model.configuration.input, for: request)
    }

    func output() throws -> Reconstruction { try Computation(model.autoencoder, for: request).reconstruct(rows) }

    func outputs(of rows: Tensor, counts: [Int], proceed: @escaping Autoencoder.Proceeding) throws -> [Reconstruction] {
        try rows.split(counts).map {
            try model.autoencoder.reconstruct($0, owner: WorkOwner(request.turn), proceed: proceed)
        }
    }

    func goesTogether(with other: ReconstructWork) -> Bool { false }

    func response(_ result: Reconstruction) throws -> Response {
        try ImageResult(images: result.images, request: request).response { writer in
            writer.key("latents")
            let mean = result.encoding.mean
            try writer.floats(mean.values[...], shape: mean.shape.dimensions, name: "latents")
            let losses = zip(result.reconstructionLosses, result.divergences)
            for (key, values) in [
                ("reconstruction_loss", result.reconstructionLosses), ("kl_divergence", result.divergences),
                ("elbo", losses.map { -($0 + $1) }),
            ] {
                writer.key(key)
                writer.beginArray()
                for (row, value) in values.enumerated() { try writer.number(value, name: key, row: row) }
                writer.endArray()
            }
        }
    }
}
