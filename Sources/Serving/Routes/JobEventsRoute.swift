import HTTP
import HTTPTypes
import Jobs

/// A job's history: a page of it as a list, or all of it as a stream that goes on until the job has ended.
enum JobEventsRoute {
    static let endpoints = [
        Endpoint(
            method: .get, pattern: "/v1/jobs/{job}/events", access: .train, query: ["limit", "after"], bodyLimit: 0,
            summary: "A job's history, in order; live with 'Accept: text/event-stream'."
        ) { request, services in
            MediaType.prefersEvents(request) ? try stream(request, services) : try list(request, services)
        }
    ]

    private static func list(_ request: Request, _ services: Services) throws -> Response {
        let query = QueryFields(request)
        let limit = try query.integer("limit", in: 1...999) ?? 500
        let after = try query.integer("after", in: 0...Int.max) ?? 0
        _ = try position(request)  // a list has no use for the field, but a wrong one is wrong
        let events = try services.jobs.events(of: try JobRoutes.identifier(request), after: after, limit: limit + 1)
        var writer = JSONWriter(capacity: 512 * (events.count + 1))
        writer.beginObject()
        writer.key("data")
        writer.beginArray()
        for event in events.prefix(limit) { JobDocument.write(event, &writer) }
        writer.endArray()
        writer.key("has_more")
        writer.bool(events.count > limit)
        writer.endObject()
        return .json(writer.bytes)
    }

    /// 204 tells a client that came back with the last event of a job that has ended that it need not come again.
    private static func stream(_ request: Request, _ services: Services) throws -> Response {
        let id = try JobRoutes.identifier(request)
        let position = try position(request)
        let isFinal = try services.jobs.job(id).status.isFinal
        let last = try services.jobs.eventNumbers(of: id).last
        guard position <= last else {
            throw wrongPosition("\(position)", expected: "the id of an event of this job")
        }
        if isFinal, position == last { return .empty() }
        return .events(services.events.subscribe(to: id, after: position, for: request))
    }

    /// What the client has already: by its last event, else by the query, as for the list.
    private static func position(_ request: Request) throws -> Int {
        guard let text = request.fields[.lastEventID], !text.isEmpty else {
            return try QueryFields(request).integer("after", in: 0...Int.max) ?? 0
        }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let position = Int(text) else {
            throw wrongPosition(text, expected: "the id of an event, a whole number")
        }
        return position
    }

    private static func wrongPosition(_ text: String, expected: String) -> ServiceError {
        ServiceError(
            status: .badRequest, code: "invalid_last_event_id",
            message: "'Last-Event-ID' is '\(text.prefix(32))'; expected \(expected).", parameter: "Last-Event-ID")
    }
}
