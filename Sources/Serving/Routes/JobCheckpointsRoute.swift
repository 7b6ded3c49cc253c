import Checkpoints
import Foundation
import HTTP
import Jobs

/// What a job has saved, and where it would go on.
enum JobCheckpointsRoute {
    static let endpoints = [
        Endpoint(
            method: .get, pattern: "/v1/jobs/{job}/checkpoints", access: .train, query: ["limit", "after"],
            bodyLimit: 0,
            summary: "A job's checkpoints, in order.", handle: list)
    ]

    /// What the event of a checkpoint holds; older ones have the epoch alone.
    private struct Content: Decodable {
        var epoch, step, bytes: Int?

        enum CodingKeys: String, CodingKey {
            case epoch, step
            case bytes = "size_bytes"
        }
    }

    private static func list(_ request: Request, _ services: Services) throws -> Response {
        let query = QueryFields(request)
        let limit = try query.integer("limit", in: 1...999) ?? 500
        let after = try query.integer("after", in: 0...Int.max) ?? 0
        let id = try JobRoutes.identifier(request)
        let events = try services.jobs.events(of: id, kind: "checkpoint", after: after, limit: limit + 1)
        // After the events: a step that is saved meanwhile belongs to none of them, and none is said to be the one.
        let place = try services.jobs.job(id).status.isFinal ? nil : resumePlace(of: id, services)
        var writer = JSONWriter(capacity: 160 * (events.count + 1))
        writer.beginObject()
        writer.key("data")
        writer.beginArray()
        for event in events.prefix(limit) {
            let content = (try? JSONDecoder().decode(Content.self, from: Data(event.content.utf8))) ?? Content()
            writer.beginObject()
            for (key, number) in [
                ("sequence", event.number), ("epoch", content.epoch), ("step", content.step),
                ("size_bytes", content.bytes),
            ] {
                writer.key(key)
                if let number { writer.integer(number) } else { writer.null() }
            }
            writer.key("created_at")
            writer.string(JobDocument.timestamp(event.date))
            writer.key("resumable")
            writer.bool(place != nil && content.step == place)
            writer.endObject()
        }
        writer.endArray()
        writer.key("has_more")
        writer.bool(events.count > limit)
        writer.endObject()
        return .json(writer.bytes)
    }

    /// The step of the checkpoint on the disk: each replaces the one before.
    private static func resumePlace(of id: JobIdentifier, _ services: Services) throws -> Int? {
        do throws(CheckpointError) { return try services.run(id).resumesAfterStep() } catch {
            throw ServiceError(
                status: .serviceUnavailable, code: "checkpoint_unreadable",
                message: "The job's checkpoint cannot be read. \(error)")
        }
    }
}
