import Dispatch
import Foundation
import HTTP
import Testing

@testable import Jobs
@testable import Serving

@Suite("Order of live events", .timeLimit(.minutes(2)))
struct JobEventOrderTests {
    private let daemon: TestDaemon

    init() throws { daemon = try TestDaemon() }

    private func running() throws -> JobIdentifier {
        let id = try daemon.jobs.submit(JobSubmission(name: "test", specification: "{}")).job.id
        _ = try daemon.jobs.claim()
        return id
    }

    @Test func `Nothing is lost and nothing comes twice, however often clients leave and come back`() throws {
        let id = try running()
        let feed = JobEventFeed(store: daemon.jobs)
        let written = 400
        let group = DispatchGroup()
        for client in 0..<4 {
            group.enter()
            Thread {
                var seen: [Int] = []
                while seen.last != written + 3 {
                    let reader = StreamReader(feed.subscribe(to: id, after: seen.last ?? 0, for: Request()))
                    let limit = client == 0 ? Int.max : Int.random(in: 1...60)
                    seen += reader.read { $0.count >= limit }.compactMap(\.id)
                    reader.leave()
                }
                #expect(seen == Array(1...(written + 3)))
                group.leave()
            }.start()
        }
        for number in 0..<written {
            try daemon.jobs.write([.event(kind: "epoch", content: ["n": .integer(number)])], of: id)
        }
        try daemon.jobs.end(id, .succeeded(modelVersion: "m/1"))
        #expect(group.wait(timeout: .now() + 60) == .success)
        #expect(feed.subscriberCount(of: id) == 0)
    }

    @Test func `A long history comes in pages, as fast as it is read`() throws {
        let id = try running()
        let text = String(repeating: "x", count: 2000)
        for part in 0..<10 {
            let writes = (0..<50).map {
                ChildReport.Write.event(kind: "epoch", content: ["n": .integer(part * 50 + $0), "t": .string(text)])
            }
            try daemon.jobs.write(writes, of: id)
        }
        // Larger than what a stream holds, and one that is alone.
        let large = String(repeating: "y", count: 300_000)
        try daemon.jobs.write([.event(kind: "epoch", content: ["t": .string(large)])], of: id)
        try daemon.jobs.end(id, .succeeded(modelVersion: "m/1"))
        let feed = JobEventFeed(store: daemon.jobs)
        let stream = feed.subscribe(to: id, after: 0, for: Request())
        let reader = StreamReader(stream)
        let events = reader.read { _ in
            #expect(stream.bufferedBytes <= 256 * 1024 + large.utf8.count)
            return false
        }
        #expect(events.map(\.id) == Array(1...504))
        #expect(events[502].data.contains(large))
    }

    @Test func `Progress is told at once, then once a second at most, and only when it is news`() throws {
        let id = try running()
        func job(_ progress: String?) throws -> Job {
            try daemon.jobs.write([.latest(progress: progress, metrics: nil)], of: id)
            return try daemon.jobs.job(id)
        }
        var told = JobProgress()
        let start = ContinuousClock.now
        #expect(told.update(try daemon.jobs.job(id), at: start) == nil)
        #expect(told.latest == nil)
        let first = try job("{\"step\":1}")
        #expect(told.update(first, at: start) == nil)
        let word = try #require(told.latest)
        let text = String(decoding: word.bytes, as: UTF8.self)
        #expect(text.hasPrefix("event: progress\ndata: {\"status\":\"running\","))
        #expect(told.update(first, at: start + .seconds(5)) == nil)
        #expect(told.latest == word)
        let second = try job("{\"step\":2}")
        #expect(told.update(second, at: start + .milliseconds(400)) == .milliseconds(600))
        #expect(told.latest == word)
        #expect(told.update(second, at: start + .seconds(1)) == nil)
        let next = try #require(told.latest)
        #expect(next.number > word.number && String(decoding: next.bytes, as: UTF8.self).contains("{\"step\":2}"))
        #expect(told.update(second, at: start + .seconds(9)) == nil)
        #expect(told.latest == next)
        try daemon.jobs.end(id, .requeued(reason: "an attempt ended", crashed: false))
        #expect(told.update(try daemon.jobs.job(id), at: start + .seconds(10)) == nil)
        #expect(told.latest.map { String(decoding: $0.bytes, as: UTF8.self).contains("\"status\":\"queued\"") } == true)
    }
}
