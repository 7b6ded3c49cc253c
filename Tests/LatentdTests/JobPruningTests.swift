import Foundation
import Testing

@testable import Jobs
@testable import latentd

@Suite struct JobPruningTests {
    private static let now = Date(timeIntervalSince1970: 1_700_000_000)
    private static let day: TimeInterval = 86_400

    /// Jobs by how they ended, the newest first, a day apart.
    private static func jobs(_ endings: [JobStatus], pruned: [Int: [String]] = [:]) -> [EndedJob] {
        endings.enumerated().map { index, status in
            var random = SystemRandomNumberGenerator()
            return EndedJob(
                id: JobIdentifier(milliseconds: UInt64(100 - index), random: &random), status: status,
                finishedAt: now - TimeInterval(index) * day, pruned: pruned[index] ?? [])
        }
    }

    private static let endings: [JobStatus] = [.failed, .succeeded, .cancelled, .failed]

    /// What goes of each of the four.
    @Test(arguments: [
        (JobPruning(keptCheckpoints: 9, keptFiles: 9, age: nil), ["", "", "", ""]),
        (JobPruning(keptCheckpoints: 2, keptFiles: 9, age: nil), ["", "", "", "checkpoint"]),
        (JobPruning(keptCheckpoints: 0, keptFiles: 9, age: nil), ["checkpoint", "", "checkpoint", "checkpoint"]),
        (JobPruning(keptCheckpoints: 9, keptFiles: 1, age: nil), ["", "maps log", "maps log", "maps log"]),
        (
            JobPruning(keptCheckpoints: 9, keptFiles: 9, age: 1.5 * day),
            ["", "", "checkpoint maps log", "checkpoint maps log"]
        ),
        (
            JobPruning(keptCheckpoints: 1, keptFiles: 3, age: 30 * day),
            ["", "", "checkpoint", "checkpoint maps log"]
        ),
        (
            JobPruning(keptCheckpoints: 0, keptFiles: 0, age: nil),
            ["checkpoint maps log", "maps log", "checkpoint maps log", "checkpoint maps log"]
        ),
    ])
    func theLatestAreKept(policy: JobPruning, gone: [String]) {
        let jobs = Self.jobs(Self.endings)
        for order in [jobs, jobs.reversed()] {
            let parts = policy.parts(of: order, now: Self.now)
            let told = Dictionary(
                uniqueKeysWithValues: parts.map { ($0.id, $0.parts.map(\.rawValue).joined(separator: " ")) })
            #expect(jobs.map { told[$0.id] ?? "" } == gone)
        }
    }

    @Test func whatHasGoneIsNotRemovedAgain() {
        let policy = JobPruning(keptCheckpoints: 0, keptFiles: 0, age: nil)
        let jobs = Self.jobs([.failed, .failed], pruned: [0: ["checkpoint", "maps", "log"], 1: ["log"]])
        let parts = policy.parts(of: jobs, now: Self.now)
        #expect(parts.map(\.id) == [jobs[1].id] && parts.map(\.parts) == [[.checkpoint, .maps]])
    }

    @Test func theSettingsSayWhat() {
        var settings = Settings.Jobs()
        #expect(JobPruning(settings) == JobPruning(keptCheckpoints: 10, keptFiles: 1000, age: nil))
        settings.keepDays = 2
        #expect(JobPruning(settings).age == 2 * Self.day)
    }
}
