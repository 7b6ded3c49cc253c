import Foundation
import Synchronization
import Testing

@testable import Jobs

@Suite struct JobStoreTests {
    let folder: TemporaryFolder
    let store: JobStore

    init() throws {
        folder = try TemporaryFolder()
        store = try JobStore(folder: folder.url, maximumQueued: 3, now: { Date(timeIntervalSince1970: 1_800_000_000) })
    }

    @Test func keepsWhatWasSubmitted() throws {
        let receipt = try store.submit(JobSubmission(name: "digits", specification: #"{"epochs":3}"#))
        #expect(!receipt.isReplay)
        let job = try store.job(receipt.job.id)
        #expect(job == receipt.job)
        #expect(job.name == "digits")
        #expect(job.specification == #"{"epochs":3}"#)
        #expect(job.status == .queued)
        #expect(job.attempt == 1)
        #expect(job.queuePosition == 1)
        #expect(job.createdAt == Date(timeIntervalSince1970: 1_800_000_000))
        let events = try store.events(of: job.id)
        #expect(events.map(\.number) == [1])
        #expect(events.first?.content == #"{"status":"queued"}"#)
    }

    @Test func identifiersRiseEvenWhenTheClockStands() throws {
        let first = try submit(), second = try submit(), third = try submit()
        #expect(first < second && second < third)
        #expect(try store.job(third).queuePosition == 3)
    }

    @Test func orderAndHistoryAreThoseOfSubmissionWhenTheClockGoesBack() throws {
        let clock = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
        let folder = try TemporaryFolder()
        let store = try JobStore(folder: folder.url, now: { clock.withLock { $0 } })
        var ids: [JobIdentifier] = []
        for _ in 0..<3 {
            ids.append(try store.submit(JobSubmission(name: "a", specification: "{}")).job.id)
            clock.withLock { $0 -= 3600 }
        }
        #expect(ids == ids.sorted() && Set(ids).count == 3)
        #expect(try store.jobs().jobs.map(\.id) == ids.reversed())
        #expect(try ids.map { try store.job($0).queuePosition } == [1, 2, 3])
        #expect(try store.claim()?.id == ids[0])
        clock.withLock { $0 -= 3600 }
        let ended = try store.end(ids[0], .succeeded(modelVersion: "a/1"))
        let events = try store.events(of: ids[0])
        #expect(events.map(\.number) == [1, 2, 3] && events.map(\.date) == events.map(\.date).sorted(by: >))
        let (finished, created) = (try #require(ended.finishedAt), ended.createdAt)
        #expect(ended.status == .succeeded && finished < created)
    }

    @Test func theHighestPriorityStartsFirst() throws {
        func submit(_ priority: Int) throws -> JobIdentifier {
            try store.submit(JobSubmission(name: "a", specification: "{}", priority: priority)).job.id
        }
        let (usual, low, high) = (try submit(0), try submit(-1), try submit(5))
        #expect(try [usual, low, high].map { try store.job($0).queuePosition } == [2, 3, 1])
        #expect(try store.claim()?.id == high)
        let another = try submit(0)
        #expect(try [usual, another, low].map { try store.job($0).queuePosition } == [1, 2, 3])
        #expect(try [store.claim(), store.claim(), store.claim()].map { $0?.id } == [usual, another, low])
    }

    @Test func aPauseHoldsAJobWhereItStands() throws {
        let (first, second) = (try submit(), try submit())
        #expect(try store.requestPause(first).status == .paused)
        #expect(try store.requestPause(first).status == .paused)
        #expect(try store.claim()?.id == second)
        #expect(try store.claim() == nil)
        #expect(try store.resume(first).attempt == 1)
        #expect(try store.resume(first).status == .queued)
        #expect(try store.claim()?.id == first)
        #expect(try store.resume(first).status == .running)

        #expect(try store.requestPause(first).isPauseRequested)
        #expect(throws: JobStoreError.self) { try store.resume(first) }
        // The daemon dies before the pause comes.
        #expect(try store.recover().map(\.status) == [.paused, .queued])
        #expect(try store.requestCancel(first).status == .cancelled)
        for call in [store.requestPause, store.resume] { #expect(throws: JobStoreError.self) { try call(first) } }
        let kinds = try store.events(of: first).map(\.kind)
        #expect(kinds == ["status", "status", "status", "status", "pause_requested", "status", "status"])
    }

    @Test func whoIsAskedToEndIsNotPaused() throws {
        let id = try submit()
        _ = try store.claim()
        _ = try store.requestCancel(id)
        #expect(throws: JobStoreError.self) { try store.requestPause(id) }
    }

    @Test func pausedJobsCountAgainstTheBound() throws {
        for _ in 0..<3 { _ = try store.requestPause(try submit()) }
        #expect(throws: JobStoreError.queueFull(limit: 3)) { try submit() }
    }

    @Test func refusesMoreThanTheBound() throws {
        for _ in 0..<3 { _ = try submit() }
        #expect(throws: JobStoreError.queueFull(limit: 3)) { try submit() }
        _ = try store.claim()
        _ = try submit()
    }

    @Test func anIdempotencyKeyGivesTheSameJob() throws {
        func submission(_ body: String) -> JobSubmission {
            JobSubmission(name: "a", specification: "{}", idempotency: .init(key: "k", body: Data(body.utf8)))
        }
        let first = try store.submit(submission("one"))
        let again = try store.submit(submission("one"))
        #expect(again.isReplay && again.job.id == first.job.id)
        #expect(throws: JobStoreError.idempotencyMismatch(key: "k")) { try store.submit(submission("two")) }
        #expect(try store.counts() == [.queued: 1])
    }

    @Test func listsNewestFirstByPages() throws {
        let identifiers = try (0..<3).map { _ in try submit() }
        let first = try store.jobs(limit: 2)
        #expect(first.jobs.map(\.id) == [identifiers[2], identifiers[1]])
        #expect(first.hasMore)
        let second = try store.jobs(limit: 2, after: first.jobs.last?.id)
        #expect(second.jobs.map(\.id) == [identifiers[0]])
        #expect(!second.hasMore)
        _ = try store.claim()
        #expect(try store.jobs(status: .running).jobs.map(\.id) == [identifiers[0]])
        #expect(try store.jobs(status: .failed).jobs.isEmpty)
    }

    @Test func cancelsQueuedAtOnceAndAsksRunning() throws {
        let running = try submit(), queued = try submit()
        _ = try store.claim()
        #expect(try store.requestCancel(queued).status == .cancelled)
        let asked = try store.requestCancel(running)
        #expect(asked.status == .running && asked.isCancelRequested)
        #expect(try store.requestCancel(running) == asked)
        #expect(try store.events(of: running).map(\.kind) == ["status", "status", "cancel_requested"])
        #expect(throws: JobStoreError.conflict(id: queued, status: .cancelled, attempted: "be cancelled")) {
            try store.requestCancel(queued)
        }
    }

    /// Whoever was told that a job ends never finds its model, also when the daemon dies in between.
    @Test func aResultAndACancelExcludeEachOther() throws {
        let (cancelled, published) = (try submit(), try submit())
        _ = try store.claim()
        _ = try store.requestCancel(cancelled)
        #expect(try !store.record(resultPath: "1", of: cancelled))
        #expect(try store.recover().map(\.status) == [.cancelled])

        _ = try store.claim()
        #expect(try store.record(resultPath: "2", of: published))
        for status in [JobStatus.running, .queued] {
            if status == .queued { _ = try store.recover() }
            let reason = "any more: its model is being published"
            #expect(throws: JobStoreError.conflict(id: published, status: status, attempted: "be cancelled \(reason)"))
            {
                try store.requestCancel(published)
            }
            #expect(throws: JobStoreError.conflict(id: published, status: status, attempted: "be paused \(reason)")) {
                try store.requestPause(published)
            }
        }
        #expect(try store.claim()?.resultPath == "2")
        #expect(try store.end(published, .succeeded(modelVersion: "a/1")).status == .succeeded)
    }

    @Test func deletesOnlyWhatEnded() throws {
        let id = try submit()
        #expect(throws: JobStoreError.self) { try store.delete(id) }
        _ = try store.requestCancel(id)
        try store.delete(id)
        #expect(throws: JobStoreError.notFound(id: id.text)) { try store.job(id) }
        #expect(throws: JobStoreError.notFound(id: id.text)) { try store.events(of: id) }
    }

    @Test func keepsProgressOnlyWhileRunning() throws {
        let id = try submit()
        try store.write([.latest(progress: "{}", metrics: nil)], of: id)
        #expect(try store.job(id).progress == nil)
        _ = try store.claim()
        try store.write([.latest(progress: #"{"step":1}"#, metrics: #"{"loss":2}"#)], of: id)
        try store.write([.latest(progress: #"{"step":2}"#, metrics: nil)], of: id)
        let job = try store.job(id)
        #expect(job.progress == #"{"step":2}"# && job.metrics == #"{"loss":2}"#)
    }

    @Test func dropsEventsPastTheLimit() throws {
        let id = try submit()
        let epochs = (1...10).map { ChildReport.Write.event(kind: "epoch", content: ["epoch": .integer($0)]) }
        try store.write(epochs, of: id, eventLimit: 5)
        let events = try store.events(of: id)
        #expect(events.map(\.number) == [1, 2, 3, 4, 5])
        #expect(events.last?.content == #"{"dropped":"too many events"}"#)
    }

    @Test func pagesEvents() throws {
        let id = try submit()
        for epoch in 1...5 {
            try store.write([.event(kind: "epoch", content: ["epoch": .integer(epoch)])], of: id)
        }
        #expect(try store.events(of: id, after: 2, limit: 3).map(\.number) == [3, 4, 5])
    }

    @Test func tellsObserversAfterTheCommit() throws {
        let seen = Recorder()
        let observation = store.observe { [store] id in seen.append((try? store.job(id).status.rawValue) ?? "gone") }
        let id = try submit()
        _ = try store.requestCancel(id)
        try store.delete(id)
        observation.cancel()
        _ = try submit()
        #expect(seen.texts == ["queued", "cancelled", "gone"])
    }

    private func submit() throws -> JobIdentifier {
        try store.submit(JobSubmission(name: "a", specification: "{}")).job.id
    }
}
