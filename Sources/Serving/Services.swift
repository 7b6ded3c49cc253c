import Autoencoders
import Checkpoints
import Datasets
import HTTP
import Jobs
import Kernels

/// What the routes work with.
struct Services: Sendable {
    let repository: ModelRepository
    let datasets: DatasetCatalogue
    let uploads: DatasetStore
    let jobs: JobStore
    let events: JobEventFeed
    /// Where a job's run keeps its checkpoint and its maps.
    let run: @Sendable (JobIdentifier) -> CheckpointFolder
    var admit: JobAdmissionCheck = { _, _ in nil }
    let vectors: NamedVectorStore
    let metrics: ServerMetrics
    let isReady: @Sendable () -> Bool
    /// The largest body in bytes that any route takes, and when answers are compressed: for those who see to it.
    var maximumBody = Int.max
    var compression = Compression.off
    let inference = InferenceStatistics()
    /// The API's description.
    var description: [UInt8] = []

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
            model, datasets: datasets, vectors: vectors, resizes: try QueryFields(request).flag("resize"),
            owner: WorkOwner(request.turn))
    }

    /// The model that the path names, as it is now.
    func model(_ request: Request) throws -> ServedModel { try model(named: request.pathParameters["model"] ?? "") }

    /// The same, for what it is asked for.
    func target(_ verb: OIPModel.Verb, of request: Request) throws -> ModelTarget {
        let model = try model(request)
        return ModelTarget(name: OIPModel(name: model.name, base: model.name, verb: verb), model: model)
    }

    func model(named name: String) throws -> ServedModel {
        if let model = repository.model(named: name) { return model }
        guard let listing = repository.listing(named: name) else {
            throw ServiceError.notFound("model_not_found", "There is no model '\(name.prefix(80))'.", "model")
        }
        // It may have come in between.
        if let model = listing.served { return model }
        func unavailable(_ code: String, _ message: String, retryAfter: Int? = nil) -> ServiceError {
            ServiceError(
                status: .serviceUnavailable, code: code, message: message, parameter: "model", retryAfter: retryAfter)
        }
        switch listing.state {
        case .unloading, .unloaded: throw unavailable("model_unloaded", "Model '\(name)' is not loaded.")
        case .ready, .loading: throw unavailable("model_loading", "Model '\(name)' is being loaded.", retryAfter: 1)
        case .failed(let reason): throw unavailable("model_failed", "Model '\(name)' cannot be served. \(reason)")
        }
    }
}
