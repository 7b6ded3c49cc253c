import Autoencoders
import Checkpoints
import Foundation
import Testing

@testable import Jobs
@testable import Serving

@Suite struct JobCheckpointTests {
    private let daemon: TestDaemon
    private let id: JobIdentifier

    init() throws {
        daemon = try TestDaemon()
        id = try daemon.jobs.submit(JobSubmission(name: "test", specification: "{}")).job.id
        _ = try daemon.jobs.claim()
    }

    /// What the child tells, and what it leaves.
    private func save(epoch: Int, step: Int) throws {
        let content: [String: JSONValue] = [
            "epoch": .integer(epoch), "step": .integer(step), "size_bytes": .integer(step * 100),
        ]
        try daemon.jobs.write(
            [.event(kind: "epoch", content: [:]), .event(kind: "checkpoint", content: content)], of: id)
        let progress = TrainingProgress(epoch: epoch, step: step, settings: TrainingSettings(), dataset: "squares")
        let folder = daemon.run(id).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try JSONEncoder().encode(progress).write(to: URL(fileURLWithPath: "\(folder)/training.json"))
    }

    private func list(_ query: String = "") throws -> (entries: [JSONObject], hasMore: JSONNode?) {
        let answer = try daemon.get("/v1/jobs/\(id)/checkpoints\(query)").object()
        guard case .array(let entries)? = answer["data"] else { return ([], nil) }
        return (entries.compactMap { if case .object(let entry) = $0 { entry } else { nil } }, answer["has_more"])
    }

    @Test func everyCheckpointIsListedAndTheLastIsResumable() throws {
        #expect(try list().entries.isEmpty)
        for epoch in 1...3 { try save(epoch: epoch, step: epoch * 5) }
        let (entries, hasMore) = try list()
        #expect(entries.map { $0["epoch"] } == [.integer(1), .integer(2), .integer(3)] && hasMore == .bool(false))
        #expect(entries.map { $0["step"] } == [.integer(5), .integer(10), .integer(15)])
        #expect(entries.map { $0["size_bytes"] } == [.integer(500), .integer(1000), .integer(1500)])
        #expect(entries.map { $0["resumable"] } == [.bool(false), .bool(false), .bool(true)])
        guard case .string(let date)? = entries[0]["created_at"], case .integer(let second)? = entries[1]["sequence"]
        else {
            Issue.record("not as expected: \(entries)")
            return
        }
        #expect(date.hasSuffix("Z") && date.count == 24)
        #expect(try list("?limit=1").entries.map { $0["epoch"] } == [.integer(1)])
        #expect(try list("?limit=1").hasMore == .bool(true))
        #expect(try list("?after=\(second)").entries.map { $0["epoch"] } == [.integer(3)])
    }

    @Test func afterTheEndNothingIsGoneOnWith() throws {
        try save(epoch: 1, step: 5)
        try daemon.jobs.end(id, .failed(JobFailure(code: "x", message: "y")))
        #expect(try list().entries.map { $0["resumable"] } == [.bool(false)])
    }

    /// Jobs of an earlier version told the epoch alone.
    @Test func whatIsNotKnownIsNull() throws {
        try daemon.jobs.write([.event(kind: "checkpoint", content: ["epoch": .integer(4)])], of: id)
        let entry = try #require(try list().entries.first)
        #expect(entry["epoch"] == .integer(4) && entry["step"] == .null && entry["size_bytes"] == .null)
        #expect(entry["resumable"] == .bool(false))
    }

    @Test func aDamagedCheckpointIs503() throws {
        try save(epoch: 1, step: 5)
        try Data("{".utf8).write(to: URL(fileURLWithPath: "\(daemon.run(id).path)/training.json"))
        let answer = daemon.get("/v1/jobs/\(id)/checkpoints")
        #expect(answer.status == .serviceUnavailable && answer.failure.code == "checkpoint_unreadable")
        #expect(answer.failure.message.contains("'training.json'") && !answer.failure.message.contains("/"))
        #expect(daemon.get("/v1/jobs/job_x/checkpoints").failure.code == "job_not_found")
    }
}
