import HTTP
import Tensors

/// Images encoded to their means and decoded again, with both parts of the loss.
enum ReconstructRoute {
    static let endpoints = [
        Endpoint(
            method: .post, pattern: "/v1/models/{model}/reconstruct", access: .infer,
            query: QueryFields.picture + ["rows"] + QueryFields.points, bodyLimit: Limits.bulkBody,
            summary: "Images through the model and back, with their losses.", handle: handle)
    ]

    private static func handle(_ request: Request, _ services: Services) throws -> Response {
        let model = try services.model(request)
        let reader = try services.reader(of: model, for: request)
        let (images, _) = try ModelInput(reader: reader, request: request).images(options: [])
        try ImageResult.check(count: images.rows, of: model.configuration.input, for: request)
        let result = try model.autoencoder.reconstruct(images)
        return try ImageResult(images: result.images, request: request).response { writer in
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
