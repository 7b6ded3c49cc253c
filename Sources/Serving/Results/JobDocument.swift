import Foundation
import Jobs

/// A job as the API shows it.
enum JobDocument {
    static func write(_ job: Job, _ writer: inout JSONWriter) {
        let specification = JSONMembers(job.specification)
        writer.beginObject()
        text("id", job.id.text, &writer)
        text("object", "job", &writer)
        text("name", job.name, &writer)
        text("status", job.status.rawValue, &writer)
        text("status_reason", job.statusReason, &writer)
        text("created_at", timestamp(job.createdAt), &writer)
        text("started_at", job.startedAt.map(timestamp), &writer)
        text("finished_at", job.finishedAt.map(timestamp), &writer)
        number("queue_position", job.queuePosition, &writer)
        number("priority", job.priority, &writer)
        number("attempt", job.attempt, &writer)
        for key in ["dataset", "model", "training", "metadata"] { raw(key, specification[key], &writer) }
        raw("estimate", job.estimate.map { Array($0.utf8) }, &writer)
        raw("progress", job.progress.map { Array($0.utf8) }, &writer)
        raw("metrics", job.metrics.map { Array($0.utf8) }, &writer)
        text("model_version", job.modelVersion, &writer)
        writer.key("pruned")
        writer.beginArray()
        for part in job.pruned { writer.string(part) }
        writer.endArray()
        writer.key("error")
        if let failure = job.failure {
            writer.beginObject()
            text("code", failure.code, &writer)
            text("message", failure.message, &writer)
            text("parameter", failure.parameter, &writer)
            writer.endObject()
        } else {
            writer.null()
        }
        writer.endObject()
    }

    static func write(_ event: JobEvent, _ writer: inout JSONWriter) {
        writer.beginObject()
        number("sequence", event.number, &writer)
        text("type", event.kind, &writer)
        text("created_at", timestamp(event.date), &writer)
        raw("data", Array(event.content.utf8), &writer)
        writer.endObject()
    }

    /// Where a job stands, in the words of the whole.
    static func writeProgress(of job: Job, _ writer: inout JSONWriter) {
        writer.beginObject()
        text("status", job.status.rawValue, &writer)
        raw("progress", job.progress.map { Array($0.utf8) }, &writer)
        raw("metrics", job.metrics.map { Array($0.utf8) }, &writer)
        writer.endObject()
    }

    /// UTC with milliseconds, ISO 8601.
    static func timestamp(_ date: Date) -> String { date.formatted(.iso8601WithMilliseconds) }

    private static func text(_ key: String, _ value: String?, _ writer: inout JSONWriter) {
        writer.key(key)
        if let value { writer.string(value) } else { writer.null() }
    }

    private static func number(_ key: String, _ value: Int?, _ writer: inout JSONWriter) {
        writer.key(key)
        if let value { writer.integer(value) } else { writer.null() }
    }

    private static func raw(_ key: String, _ json: [UInt8]?, _ writer: inout JSONWriter) {
        writer.key(key)
        if let json { writer.raw(json) } else { writer.null() }
    }
}

extension FormatStyle where Self == Date.ISO8601FormatStyle {
    static var iso8601WithMilliseconds: Date.ISO8601FormatStyle {
        Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    }
}

/// The members of a JSON object as bytes, cut out without being read: for JSON that this program wrote itself.
struct JSONMembers {
    private var members: [String: [UInt8]] = [:]

    init(_ text: String) {
        let bytes = Array(text.utf8)
        var depth = 0
        var isInString = false
        var isEscaped = false
        var key: String?
        var start = 0
        for (index, byte) in bytes.enumerated() {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == 0x5C {
                    isEscaped = true
                } else if byte == 0x22 {
                    isInString = false
                }
                continue
            }
            switch byte {
            case 0x22: isInString = true
            case 0x7B, 0x5B:
                depth += 1
                if depth == 1 { start = index + 1 }
            case 0x3A where depth == 1 && key == nil:
                key = String(decoding: bytes[start..<index].filter { $0 > 0x20 && $0 != 0x22 }, as: UTF8.self)
                start = index + 1
            case 0x2C where depth == 1, 0x7D where depth == 1:
                if let name = key { members[name] = Array(bytes[start..<index]) }
                key = nil
                start = index + 1
                if byte == 0x7D { depth -= 1 }
            case 0x7D, 0x5D: depth -= 1
            default: break
            }
        }
    }

    subscript(key: String) -> [UInt8]? { members[key] }
}
