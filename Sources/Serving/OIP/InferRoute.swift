import Foundation
import HTTP

/// Tensors through a model.
enum InferRoute {
    static let endpoints = ["/v2/models/{model}/infer", "/v2/models/{model}/versions/{version}/infer"].map {
        Endpoint(
            method: .post, pattern: $0, access: .infer, bodyLimit: Limits.bulkBody, seesToCodings: true,
            summary: "Tensors through a model, as JSON or as bytes.", handle: handle)
    }

    private static let codings: [ContentCoding] = [.gzip, .deflate]

    private static func handle(_ request: Request, _ services: Services) throws -> Response {
        var marks = InferenceCounters.Marks(started: request.age)
        let (name, model) = try services.servedOIPModel(request)
        let counters = services.inference.counters(of: name, version: model.version)
        do {
            var inflated = request
            try RequestCoding.decode(
                &inflated, limit: min(Limits.bulkBody, services.maximumBody), codings: codings)
            let work = try InferWork(inflated, name, model, services)
            marks.read = request.age
            let outputs = try work.outputs()
            marks.computed = request.age
            let response = services.compression.encode(try work.response(outputs), to: request, codings: codings)
            marks.written = request.age
            counters.succeeded(
                rows: work.rows.rows, marks, at: Int(Date.now.timeIntervalSince1970 * 1000))
            return response
        } catch {
            counters.failed(after: request.age)
            throw error
        }
    }
}
