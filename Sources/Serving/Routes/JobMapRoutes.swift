import Checkpoints
import HTTP
import Jobs

/// The latent space of a job while it forms: a sample of the test set as each epoch encodes it.
enum JobMapRoutes {
    static let endpoints = [
        Endpoint(
            method: .get, pattern: "/v1/jobs/{job}/maps", access: .train, bodyLimit: 0,
            summary: "The epochs whose maps a job has kept, while it runs and after.", handle: list),
        Endpoint(
            method: .get, pattern: "/v1/jobs/{job}/maps/{epoch}", access: .train, query: ["format"], bodyLimit: 0,
            summary: "A sample of the test set as the job's model encoded it after an epoch.", handle: one),
    ]

    private static func list(_ request: Request, _ services: Services) throws -> Response {
        let series = try series(request, services).maps
        let epochs = try readable { () throws(CheckpointError) in try series.epochs() }
        var writer = JSONWriter(capacity: 64 * (epochs.count + 1))
        writer.beginObject()
        writer.key("data")
        writer.beginArray()
        for epoch in epochs {
            // One that has just been thinned out has no date.
            guard let date = series.date(epoch: epoch) else { continue }
            writer.beginObject()
            writer.key("epoch")
            writer.integer(epoch)
            writer.key("created_at")
            writer.string(JobDocument.timestamp(date))
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return .json(writer.bytes)
    }

    private static func one(_ request: Request, _ services: Services) throws -> Response {
        let (job, series) = try series(request, services)
        let text = request.pathParameters["epoch"] ?? ""
        let map = try Int(text).flatMap { epoch in
            try readable { () throws(CheckpointError) in try series.map(epoch: epoch, dimension: 2) }
        }
        guard let map else {
            let epochs = try readable { () throws(CheckpointError) in try series.epochs() }
            let kept =
                epochs.last.map { "There are \(epochs.count), the last one of epoch \($0)." } ?? "There is none yet."
            throw ServiceError.notFound(
                "epoch_not_kept", "Job '\(job)' has no map of epoch '\(text.prefix(32))'. \(kept)", "epoch")
        }
        return try MapResult(map: map, plane: map.latents.values, owner: ("job", job.text)).response(to: request)
    }

    private static func series(
        _ request: Request, _ services: Services
    ) throws -> (job: JobIdentifier, maps: MapSeries) {
        let id = try JobRoutes.identifier(request)
        _ = try services.jobs.job(id)
        return (id, services.run(id).runMaps)
    }

    private static func readable<Value>(_ body: () throws(CheckpointError) -> Value) throws -> Value {
        do throws(CheckpointError) { return try body() } catch {
            throw ServiceError(
                status: .serviceUnavailable, code: "map_unreadable", message: "The job's map cannot be read. \(error)",
                parameter: "epoch")
        }
    }
}
