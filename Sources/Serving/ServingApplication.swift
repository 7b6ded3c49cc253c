import Autoencoders
import Checkpoints
import Datasets
import Foundation
import HTTP
import Jobs

/// The whole HTTP API and the page over a repository, datasets and a job store: what the daemon's server runs.
public struct ServingApplication: Sendable {
    /// Told of every error that nobody foresaw, answered 500, with the request's id: for the log.
    public typealias FailureHandler = @Sendable (_ requestID: String, _ error: any Error) -> Void

    /// Answers every route; hand it to a `Server`.
    public let router: Router

    /// Builds the routes. The page's files are read here, once.
    ///
    /// - Parameters:
    ///   - uploads: keeps the datasets that clients bring.
    ///   - run: where a job's run keeps its checkpoint and its maps.
    ///   - admit: estimates a job before it is accepted, and refuses one that cannot fit.
    ///   - vectors: where named vectors are kept.
    ///   - publicDirectory: the page's folder; nil serves no page.
    ///   - metrics: what `/metrics` shows; the server has to tell it of each answer.
    ///   - maximumBody: the largest body in bytes that any route takes; most take less.
    ///   - compression: when answers are sent as gzip.
    ///   - isReady: whether the first look through the models is done and no shutdown has begun; asked by `/readyz`.
    /// - Throws: `StaticFilesError` where the folder cannot be read.
    public init(
        repository: ModelRepository, datasets: DatasetCatalogue, uploads: DatasetStore, jobs: JobStore,
        run: @escaping @Sendable (JobIdentifier) -> CheckpointFolder,
        admit: @escaping JobAdmissionCheck = { _, _ in nil },
        vectors: NamedVectorStore = NamedVectorStore(folder: nil), publicDirectory: URL?,
        metrics: ServerMetrics = ServerMetrics(), maximumBody: Int = .max, compression: Compression = .auto,
        isReady: @escaping @Sendable () -> Bool = { true },
        onFailure: @escaping FailureHandler = { _, _ in }
    ) throws(StaticFilesError) {
        var services = Services(
            repository: repository, datasets: datasets, uploads: uploads, jobs: jobs,
            events: JobEventFeed(store: jobs, onFailure: onFailure), run: run, admit: admit,
            vectors: vectors, metrics: metrics, isReady: isReady, maximumBody: maximumBody, compression: compression)
        var endpoints = RouteTable.endpoints
        for row in endpoints.indices {
            endpoints[row].bodyLimit =
                endpoints[row].takesDataset ? uploads.limits.dataset : min(endpoints[row].bodyLimit, maximumBody)
        }
        services.description = OpenAPIDocument.text(of: endpoints, version: metrics.version)
        let shared = services
        var router = Router()
        router.failureForms = [OIPFailure.form]
        for endpoint in endpoints {
            let handlers = EndpointHandlers(
                services: shared, bodyLimit: endpoint.bodyLimit, compression: compression, onFailure: onFailure)
            router.add(
                endpoint.method, endpoint.pattern, bodyLimit: handlers.bodyLimit, execution: endpoint.execution,
                access: endpoint.access, share: endpoint.share(services), together: handlers.groupHandler(endpoint),
                handler: handlers.handler(endpoint))
        }
        if let publicDirectory {
            let files = try StaticFiles(directory: publicDirectory, compression: compression)
            for (path, file) in files.files {
                // Open: the page is the same for everyone and has to be there before it can ask for a token.
                router.add(.get, path, bodyLimit: 0, execution: .inline, access: .open) { file.response(to: $0) }
            }
        }
        self.router = router
    }
}
