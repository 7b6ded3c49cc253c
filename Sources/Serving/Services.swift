import Checkpoints
import Datasets
import HTTP
import Jobs

/// What the routes work with.
struct Services: Sendable {
    let repository: ModelRepository
    let datasets: DatasetCatalogue
    let jobs: JobStore
    let events: JobEventFeed
    let vectors: NamedVectorStore
    let metrics: ServerMetrics
    let isReady: @Sendable () -> Bool

    /// Reads points of a model; `?resize=` is the query's part of it.
    func reader(of model: ServedModel, for request: Request) throws -> PointReader {
        PointReader(
            model, datasets: datasets, vectors: vectors, resizes: try QueryFields(request).flag("resize"))
    }

    /// The model that the path names, as it is now.
    func model(_ request: Request) throws -> ServedModel {
        let name = request.pathParameters["model"] ?? ""
        if let model = repository.model(named: name) { return model }
        guard let listing = repository.listing(named: name) else {
            throw ServiceError.notFound("model_not_found", "There is no model '\(name.prefix(80))'.", "model")
        }
        var reason = "It cannot be loaded."
        if case .failed(let text) = listing.state { reason = text }
        throw ServiceError(
            status: .serviceUnavailable, code: "model_failed", message: "Model '\(name)' cannot be served. \(reason)",
            parameter: "model")
    }
}
