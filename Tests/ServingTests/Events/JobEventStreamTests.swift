import HTTP
import HTTPTypes
import Testing

@testable import Jobs
@testable import Serving

@Suite("Live events of jobs", .timeLimit(.minutes(1)))
struct JobEventStreamTests {
    private let daemon: TestDaemon

    init() throws { daemon = try TestDaemon() }

    private func submit() throws -> JobIdentifier {
        try daemon.jobs.submit(JobSubmission(name: "test", specification: "{}")).job.id
    }

    private func ask(_ id: JobIdentifier, _ query: String = "", after last: String? = nil) -> Response {
        var fields = HTTPFields()
        fields[.accept] = "text/event-stream"
        fields[.lastEventID] = last
        return daemon.send(.get, "/v1/jobs/\(id)/events\(query)", fields: fields)
    }

    private func follow(_ id: JobIdentifier, _ query: String = "", after last: String? = nil) throws -> StreamReader {
        let response = ask(id, query, after: last)
        #expect(response.fields[.contentType] == "text/event-stream" && response.fields[.contentEncoding] == nil)
        return StreamReader(try #require(response.stream))
    }

    private func report(_ kind: String, _ id: JobIdentifier) throws {
        try daemon.jobs.write([.event(kind: kind, content: ["a": .integer(1)])], of: id)
    }

    @Test func `A job is followed from its beginning to its end, and then the client need not come back`() throws {
        let id = try submit()
        let reader = try follow(id)
        #expect(reader.read { $0.count == 1 }.map(\.id) == [1])
        _ = try daemon.jobs.claim()
        #expect(reader.read { !$0.isEmpty }.map(\.id) == [2])
        try report("epoch", id)
        let epoch = reader.read { !$0.isEmpty }
        #expect(epoch.map(\.id) == [3] && epoch.map(\.name) == ["epoch"])
        #expect(epoch.first?.data.hasPrefix(#"{"sequence":3,"type":"epoch","created_at":""#) == true)
        #expect(epoch.first?.data.hasSuffix(#","data":{"a":1}}"#) == true)
        try daemon.jobs.end(id, .succeeded(modelVersion: "m/1"))
        let last = reader.read()
        #expect(last.map(\.id) == [4] && last.first?.data.contains("succeeded") == true)
        #expect(!reader.stream.isOpen)

        #expect(try follow(id).read().map(\.id) == [1, 2, 3, 4])
        #expect(try follow(id, after: "2").read().map(\.id) == [3, 4])
        #expect(try follow(id, "?after=3").read().map(\.id) == [4])
        #expect(try follow(id, "?after=1", after: "3").read().map(\.id) == [4])
        #expect(ask(id, after: "4").status == .noContent && ask(id, "?after=4").status == .noContent)
    }

    @Test(arguments: ["x", "-1", "1.5", "+1", "2", "999", "99999999999999999999", "é"])
    func `A last event that cannot be is 400 and named`(last: String) throws {
        let answer = ask(try submit(), after: last)
        #expect(answer.status == .badRequest && answer.stream == nil)
        #expect(answer.failure.code == "invalid_last_event_id" && answer.failure.parameter == "Last-Event-ID")
        #expect(answer.failure.message.contains("'\(last)'"))
    }

    @Test func `Who waits for the next event of a job that goes on gets a stream`() throws {
        let id = try submit()
        let reader = try follow(id, after: "1")
        _ = try daemon.jobs.requestCancel(id)
        #expect(reader.read().map(\.id) == [2])
        #expect(ask(id, after: "").stream != nil, "an empty field is none")
    }

    @Test(arguments: [
        ("application/json", false), ("*/*", false), ("text/html, */*;q=0.8", false), ("text/*", false),
        ("application/json, text/event-stream;q=0.5", false), ("text/event-stream;q=0", false),
        ("text/event-stream", true), ("TEXT/Event-Stream", true), ("text/event-stream, */*;q=0.1", true),
        ("text/event-stream, application/json", true),
    ])
    func `Only who asks for a stream by name gets one`(accept: String, isStream: Bool) throws {
        let id = try submit()
        let answer = daemon.get("/v1/jobs/\(id)/events", accept: accept)
        #expect((answer.stream != nil) == isStream)
        if !isStream { #expect(try answer.object()["has_more"] == .bool(false)) }
    }

    @Test func `A job that is not there is 404, one that goes away ends its streams`() throws {
        let id = try submit()
        let unknown = try #require(JobIdentifier("job_" + String(repeating: "0", count: 26)))
        #expect(ask(unknown).failure.code == "job_not_found")
        let feed = JobEventFeed(store: daemon.jobs)
        let reader = StreamReader(feed.subscribe(to: id, after: 0, for: Request()))
        #expect(reader.read { !$0.isEmpty }.map(\.id) == [1])
        _ = try daemon.jobs.requestCancel(id)
        // The end may come with the cancellation or with the deletion after it.
        try daemon.jobs.delete(id)
        _ = reader.read()
        #expect(feed.subscriberCount(of: id) == 0)
    }

    @Test func `Who is too far behind is told what to list, and goes on after that`() throws {
        let id = try submit()
        _ = try daemon.jobs.claim()
        for _ in 0..<9 { try report("epoch", id) }
        let feed = JobEventFeed(store: daemon.jobs, backlog: 10)
        func follow(_ position: Int) -> StreamReader {
            StreamReader(feed.subscribe(to: id, after: position, for: Request()))
        }
        let near = follow(1)
        #expect(near.read { $0.count == 10 }.map(\.id) == Array(2...11))
        near.leave()
        let reader = follow(0)
        let told = reader.read { !$0.isEmpty }
        #expect(told.map(\.id) == [11] && told.map(\.name) == ["resync"])
        #expect(told.first?.data == #"{"first":1,"last":11}"#)
        try report("epoch", id)
        #expect(reader.read { !$0.isEmpty }.map(\.id) == [12])
        reader.leave()

        // What is no longer kept cannot be sent.
        try daemon.jobs.write { try $0.execute(sql: "DELETE FROM events WHERE number <= 5") }
        let late = follow(3)
        #expect(late.read { !$0.isEmpty }.first?.data == #"{"first":6,"last":12}"#)
        late.leave()
        let inTime = follow(5)
        #expect(inTime.read { $0.count == 7 }.map(\.id) == Array(6...12))
        inTime.leave()
        #expect(ask(id, after: "3").stream != nil, "an event that was kept once is no wrong one")
        #expect(try daemon.jobs.eventNumbers(of: id) == (6, 12))
    }

    @Test func `A client that does not read is caught up with, not cut off`() throws {
        let id = try submit()
        let feed = JobEventFeed(store: daemon.jobs, backlog: 20)
        let stream = feed.subscribe(to: id, after: 0, for: Request())
        let large = String(repeating: "x", count: 30_000)
        _ = try daemon.jobs.claim()
        for _ in 0..<60 { try daemon.jobs.write([.event(kind: "epoch", content: ["t": .string(large)])], of: id) }
        try daemon.jobs.end(id, .succeeded(modelVersion: "m/1"))
        let events = StreamReader(stream).read()
        // Whether it is told what to list depends on how far behind it was when it began to read; nothing is left out untold.
        var last = 0
        for event in events {
            let id = try #require(event.id)
            #expect(event.name == "resync" ? id > last : id == last + 1)
            last = id
        }
        #expect(last == 63)
    }

    @Test func `Who leaves is forgotten`() throws {
        let id = try submit()
        let feed = JobEventFeed(store: daemon.jobs)
        let readers = (0..<5).map { _ in StreamReader(feed.subscribe(to: id, after: 0, for: Request())) }
        #expect(feed.subscriberCount(of: id) == 5)
        readers.forEach { $0.leave() }
        #expect(feed.subscriberCount(of: id) == 0)
    }

    @Test func `Progress comes without an id, after the events that are there`() throws {
        let id = try submit()
        _ = try daemon.jobs.claim()
        try daemon.jobs.write([.latest(progress: #"{"epoch":1}"#, metrics: #"{"loss":2}"#)], of: id)
        let reader = try follow(id)
        let events = reader.read { $0.count == 3 }
        #expect(events.map(\.id) == [1, 2, nil] && events.last?.name == "progress")
        #expect(events.last?.data == #"{"status":"running","progress":{"epoch":1},"metrics":{"loss":2}}"#)
        reader.leave()
    }
}
