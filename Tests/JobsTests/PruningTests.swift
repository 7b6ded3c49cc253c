import Foundation
import Testing

@testable import Jobs

@Suite struct PruningTests {
    private let folder: TemporaryFolder
    private let store: JobStore

    init() throws {
        folder = try TemporaryFolder()
        store = try JobStore(folder: folder.url.appendingPathComponent("state"))
    }

    private func submit() throws -> JobIdentifier {
        try store.submit(JobSubmission(name: "x", specification: "{}", estimate: #"{"memory_bytes":1}"#)).job.id
    }

    @Test func onlyJobsThatHaveEndedAreListed() throws {
        let ids = try (0..<4).map { _ in try submit() }
        _ = try store.claim()
        _ = try store.requestPause(ids[1])
        _ = try store.requestCancel(ids[2])
        #expect(try store.endedJobs().map(\.id) == [ids[2]])
        try store.end(ids[0], .failed(JobFailure(code: "diverged", message: "no")))
        #expect(try Set(store.endedJobs().map(\.status)) == [.failed, .cancelled])
    }

    @Test func whatIsGoneIsSaidAndNothingElseChanges() throws {
        let id = try submit()
        #expect(throws: JobStoreError.self) { try store.markPruned(["log"], of: id) }
        let ended = try store.requestCancel(id)
        #expect(ended.pruned.isEmpty && ended.estimate == #"{"memory_bytes":1}"#)
        let events = try store.events(of: id)
        try store.markPruned(["log"], of: id)
        try store.markPruned(["maps", "log"], of: id)
        let pruned = try store.job(id)
        #expect(pruned.pruned == ["log", "maps"])
        #expect((pruned.status, pruned.finishedAt, pruned.attempt) == (ended.status, ended.finishedAt, ended.attempt))
        #expect(try store.events(of: id) == events)
        #expect(try store.endedJobs().map(\.pruned) == [["log", "maps"]])
    }
}
