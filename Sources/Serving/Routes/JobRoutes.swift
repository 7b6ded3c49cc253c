import HTTP
import HTTPTypes
import Jobs

/// The queue of training jobs.
enum JobRoutes {
    static let endpoints = [
        Endpoint(
            method: .get, pattern: "/v1/jobs", access: .train, query: ["status", "limit", "after"], bodyLimit: 0,
            summary: "Jobs, newest first.",
            handle: list),
        Endpoint(method: .get, pattern: "/v1/jobs/{job}", access: .train, bodyLimit: 0, summary: "One job.") {
            request, services in
            document(try services.jobs.job(try identifier(request)))
        },
        Endpoint(
            method: .post, pattern: "/v1/jobs/{job}/cancel", access: .train, bodyLimit: 4096,
            summary: "Ends a job that has not ended."
        ) { request, services in document(try services.jobs.requestCancel(try identifier(request))) },
        Endpoint(
            method: .post, pattern: "/v1/jobs/{job}/pause", access: .train, bodyLimit: 4096,
            summary: "Holds a job back; a running one saves its state and frees its memory."
        ) { request, services in document(try services.jobs.requestPause(try identifier(request))) },
        Endpoint(
            method: .post, pattern: "/v1/jobs/{job}/resume", access: .train, bodyLimit: 4096,
            summary: "Puts a paused job back into the queue."
        ) { request, services in document(try services.jobs.resume(try identifier(request))) },
        Endpoint(
            method: .delete, pattern: "/v1/jobs/{job}", access: .admin, bodyLimit: 4096,
            summary: "Removes an ended job and its history."
        ) { request, services in
            try services.jobs.delete(try identifier(request))
            return .empty()
        },
    ]

    static func document(_ job: Job, status: HTTPResponse.Status = .ok) -> Response {
        var writer = JSONWriter(capacity: 2048)
        JobDocument.write(job, &writer)
        return .json(writer.bytes, status: status)
    }

    static func identifier(_ request: Request) throws -> JobIdentifier {
        let text = request.pathParameters["job"] ?? ""
        guard let id = JobIdentifier(text) else {
            throw ServiceError.notFound("job_not_found", "There is no job '\(text.prefix(80))'.", "job")
        }
        return id
    }

    private static func list(_ request: Request, _ services: Services) throws -> Response {
        let query = QueryFields(request)
        let after = try request.query["after"].map { text in
            guard let id = JobIdentifier(text) else {
                throw ServiceError.wrongType("after", actual: "'\(text.prefix(32))'", expected: "a job's id")
            }
            return id
        }
        let page = try services.jobs.jobs(
            status: try query.choice("status"), limit: try query.integer("limit", in: 1...1000) ?? 100, after: after)
        var writer = JSONWriter(capacity: 2048 * (page.jobs.count + 1))
        writer.beginObject()
        writer.key("data")
        writer.beginArray()
        for job in page.jobs { JobDocument.write(job, &writer) }
        writer.endArray()
        writer.key("has_more")
        writer.bool(page.hasMore)
        writer.endObject()
        return .json(writer.bytes)
    }
}
