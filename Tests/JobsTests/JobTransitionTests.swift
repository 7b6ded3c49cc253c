import Foundation
import Testing

@testable import Jobs

@Suite struct JobTransitionTests {
    @Test func endedStatusesHaveNoSuccessors() {
        #expect(JobStatus.allCases.filter(\.isFinal) == [.succeeded, .failed, .cancelled])
        for status in JobStatus.allCases { #expect(!status.successors.contains(status)) }
    }

    /// Random operations on a few jobs, in any order, allowed or not: every job's history stays inside the table, its
    /// events have no gaps, and an ended job is never written again.
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func randomOperationsNeverLeaveTheTable(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let folder = try TemporaryFolder()
        let store = try JobStore(folder: folder.url, maximumQueued: 4)
        var ended: [JobIdentifier: Job] = [:]
        var known: [JobIdentifier] = []

        for _ in 0..<150 {
            let target = known.randomElement(using: &random)
            do {
                switch (Int.random(in: 0..<13, using: &random), target) {
                case (0...1, _):
                    let priority = Int.random(in: -1...1, using: &random)
                    known.append(
                        try store.submit(JobSubmission(name: "a", specification: "{}", priority: priority)).job.id)
                case (2...3, _): _ = try store.claim()
                case (4, let target?): _ = try store.requestCancel(target)
                case (5, let target?): try store.end(target, .succeeded(modelVersion: "a/1"))
                case (6, let target?): try store.end(target, .failed(JobFailure(code: "c", message: "m")))
                case (7, let target?):
                    try store.end(target, .requeued(reason: "r", crashed: Bool.random(using: &random)))
                case (8, let target?): try store.write([.latest(progress: "{}", metrics: "{}")], of: target)
                case (9, _): _ = try store.recover()
                case (10, let target?): _ = try store.requestPause(target)
                case (11, let target?): _ = try store.resume(target)
                case (12, let target?): try store.end(target, .paused)
                default: break
                }
            } catch let error {
                switch error {
                case .queueFull, .conflict: break
                default: Issue.record("\(error)")
                }
            }
            for id in known {
                let job = try store.job(id)
                if let last = ended[id] { #expect(job == last) }
                if job.status.isFinal { ended[id] = job }
                #expect((job.finishedAt != nil) == job.status.isFinal)
                #expect((job.queuePosition != nil) == (job.status == .queued))
            }
        }
        for id in known { try checkHistory(of: id, in: store) }
        #expect(!ended.isEmpty)
    }

    private func checkHistory(of id: JobIdentifier, in store: JobStore) throws {
        let events = try store.events(of: id)
        #expect(events.map(\.number) == Array(1...events.count))
        let statuses = try events.filter { $0.kind == "status" }.map { event in
            let content = try JSONDecoder().decode(JSONValue.self, from: Data(event.content.utf8))
            guard case .object(let members) = content else { return nil as JobStatus? }
            return members["status"]?.string.flatMap(JobStatus.init(rawValue:))
        }
        #expect(statuses.first == .queued)
        for (earlier, later) in zip(statuses, statuses.dropFirst()) {
            let (earlier, later) = (try #require(earlier), try #require(later))
            #expect(earlier.successors.contains(later), "\(earlier) to \(later)")
        }
        #expect(statuses.last == (try store.job(id).status))
    }
}

/// A small seeded generator, so that a failure can be seen again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
