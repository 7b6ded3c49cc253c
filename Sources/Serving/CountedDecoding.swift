import Checkpoints
import HTTP
import HTTPTypes
import Tensors

/// A request that decodes latents which it makes itself: of a path, a sum, a draw or a grid. It counts as one of the
/// model's decodes, whose rows are its latents; encoding its points is a part of their reading.
final class CountedDecoding {
    let request: Request
    let model: ServedModel
    private var marks: InferenceCounters.Marks
    private var rows = 0

    private init(_ request: Request, _ model: ServedModel, queued: Int, started: Int) {
        (self.request, self.model) = (request, model)
        marks = InferenceCounters.Marks(queued: queued, started: started)
    }

    /// [n, latent dimension] to [n, channels, height, width], once a request; `parameter` is to blame where that is too much.
    func decode(_ latents: Tensor, parameter: String) throws -> Tensor {
        marks.read = InferenceCounters.now
        let images = try Computation(model.autoencoder, for: request).decode(latents, parameter: parameter)
        (marks.computed, rows) = (InferenceCounters.now, latents.rows)
        return images
    }

    /// From here on, what goes wrong is counted as the model's failure.
    static func answer(
        _ request: Request, _ services: Services, _ handle: (CountedDecoding) throws -> Response
    ) throws -> Response {
        let (queued, started) = (request.age, InferenceCounters.now)
        let target = try services.target(.decode, of: request)
        let counters = services.inference.counters(of: target.name, version: target.model.version)
        let decoding = CountedDecoding(request, target.model, queued: queued, started: started)
        do {
            let response = try handle(decoding)
            decoding.marks.written = InferenceCounters.now
            counters.succeeded(rows: decoding.rows, batch: decoding.rows, isFirst: true, decoding.marks)
            return response
        } catch {
            counters.failed(after: request.age)
            throw error
        }
    }
}

extension Endpoint {
    /// An endpoint that decodes latents of its own making.
    init(
        method: HTTPRequest.Method, pattern: String, query: [String], bodyLimit: Int = Limits.body, summary: String,
        decoding handle: @escaping @Sendable (Request, Services, CountedDecoding) throws -> Response
    ) {
        self.init(
            method: method, pattern: pattern, access: .infer, query: query, bodyLimit: bodyLimit, summary: summary,
            handle: { request, services in
                try CountedDecoding.answer(request, services) { try handle(request, services, $0) }
            })
    }
}
