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
    /// The largest body in bytes that any route takes, and when answers are compressed: for those who see to it.
    var maximumBody = Int.max
    var compression = Compression.off
    let inference = InferenceStatistics()

    func checkReadiness() throws(ServiceError) {
        guard isReady() else {
            throw ServiceError(
                status: .serviceUnavailable, code: "not_ready", message: "The daemon is starting or stopping.",
                retryAfter: 1)
        }
    }

    /// Reads points of a model; `?resize=` is the query's part of it.
    func reader(of model: ServedModel, for request: Request) throws -> PointReader {
        PointReader(
            model, datasets: datasets, vectors: vectors, resizes: try QueryFields(request).flag("resize"))
    }

    /// The model that the path names, as it is now.
    func model(_ request: Request) throws -> ServedModel { try model(named: request.pathParameters["model"] ?? "") }

    func model(named name: String) throws -> ServedModel {
        if let model = repository.model(named: name) { return model }
        guard let listing = repository.listing(named: name) else {
            throw ServiceError.notFound("model_not_found", "There is no model '\(name.prefix(80))'.", "model")
        }
        var reason = "It cannot be loaded."
        switch listing.state {
        case .failed(let text): reason = text
        case .unloading, .unloaded:
            throw ServiceError(
                status: .serviceUnavailable, code: "model_unloaded", message: "Model '\(name)' is not loaded.",
                parameter: "model")
        case .ready, .loading: break
        }
        throw ServiceError(
            status: .serviceUnavailable, code: "model_failed", message: "Model '\(name)' cannot be served. \(reason)",
            parameter: "model")
    }
}
