import HTTPTypes
import Synchronization
import Testing

@testable import HTTP

@Suite struct HeadMemoryTests {
    private static func post(_ path: String, fields: String = "", body: String) -> String {
        "POST \(path) HTTP/1.1\r\nHost: a\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// The heads that one parser gives for requests that come one after the other.
    private static func heads(_ requests: [String]) throws -> [RequestHead] {
        var parser = RequestParser()
        return try requests.map { request in
            parser.append(Array(request.utf8))
            guard case .head(let head) = try parser.next() else { throw HTTPFault.truncated }
            try parser.beginBody(limit: 1024)
            guard case .body = try parser.next() else { throw HTTPFault.truncated }
            parser.beginNextRequest()
            return head
        }
    }

    @Test func theSameBytesAreTheSameHead() throws {
        let (one, other) = (Self.post("/a", body: "1"), Self.post("/b", body: "2"))
        let heads = try Self.heads([one, one, other, "\r\n" + other, one])
        #expect(heads[0] === heads[1] && heads[2] === heads[3])
        #expect(heads.map(\.target.raw) == ["/a", "/a", "/b", "/b", "/a"])
    }

    @Test func aLongHeadIsNotKept() throws {
        let long = Self.post("/a", fields: "X: \(String(repeating: "x", count: HeadMemory.longest))\r\n", body: "1")
        let heads = try Self.heads([long, long])
        #expect(heads[0] !== heads[1] && heads[0] == heads[1])
    }

    @Test(arguments: [(0, true), (1, false)])
    func aHeadIsKeptUpToTheBorder(over: Int, isKept: Bool) throws {
        let plain = Self.post("/a", fields: "X: \r\n", body: "1").utf8.count - 1
        let fields = "X: \(String(repeating: "x", count: HeadMemory.longest - plain + over))\r\n"
        let heads = try Self.heads([
            Self.post("/a", fields: fields, body: "1"), Self.post("/a", fields: fields, body: "1"),
        ])
        #expect((heads[0] === heads[1]) == isKept)
    }

    /// An idle connection does not hold on to the room that a body took.
    @Test(arguments: [true, false])
    func theRoomOfABodyIsGivenBack(keeping: Bool) throws {
        var parser = RequestParser()
        parser.append(Array(Self.post("/a", body: String(repeating: "x", count: 60_000)).utf8))
        guard case .head = try parser.next() else { throw HTTPFault.truncated }
        try parser.beginBody(limit: 100_000, keeping: keeping)
        guard case .body(let body) = try parser.next() else { throw HTTPFault.truncated }
        #expect(body.count == (keeping ? 60_000 : 0))
        #expect(parser.reservedBytes > 60_000)
        parser.beginNextRequest()
        #expect(parser.reservedBytes <= 16 * 1024)
    }

    /// One that differs in its last byte, one that is the start of the other, and bodies that look like heads.
    @Test(arguments: [
        [post("/a", body: "x"), post("/a", body: "y"), post("/a", body: "xy")],
        ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: b\r\n\r\n"],
        [post("/a", body: post("/a", body: "x")), post("/a", body: post("/a", body: "y"))],
        ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n X: y\r\n\r\n"],
    ])
    func whatComesAgainIsReadAsAnew(requests: [String]) {
        let text = Array((requests + requests).joined().utf8)
        let alone = (requests + requests).flatMap { parse($0) }
        for cut in 0...text.count {
            let results = parse([Array(text[..<cut]), Array(text[cut...])])
            guard results.allSatisfy({ $0.status == nil }) else {
                #expect(results == parse([text]))
                continue
            }
            #expect(results == alone, "cut at \(cut)")
        }
    }

    /// Every case of the tables that is whole requests, after itself.
    @Test(arguments: requestLineCases + fieldCases + framingCases + chunkCases)
    func everyCaseIsReadTheSameAfterItself(row: ParserCase) {
        let once = parse(row.text)
        guard once.allSatisfy({ if case .request = $0 { true } else { false } }) else { return }
        #expect(parse(row.text + row.text) == once + once)
    }

    /// A route is remembered, whether a client may go there is not.
    @Test func theGateIsAskedEachTime() throws {
        let asked = Atomic<Int>(0)
        try TestServer.withServer {
            $0.gate = { _ in
                asked.add(1, ordering: .relaxed).newValue < 3 ? nil : .text("no more", status: .forbidden)
            }
        } _: { _, port in
            let client = try ClientSocket(port: port)
            for _ in 0..<3 { client.send(TestServer.get("/pool", "")) }
            client.send(TestServer.get("/pool"))
            let answers = try #require(client.receiveAll())
            #expect(answers.ranges(of: "HTTP/1.1 200 ").count == 2)
            #expect(answers.ranges(of: "HTTP/1.1 403 ").count == 2)
        }
    }
}
