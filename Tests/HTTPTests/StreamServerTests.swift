import HTTP
import Sockets
import Testing

/// Responses that stay open: what the client sees of them.
@Suite("Streams on real sockets", .timeLimit(.minutes(1)))
struct StreamServerTests {
    private let source = StreamSource()

    @Test(arguments: ["/stream", "/stream/inline"])
    func `What is sent arrives at once, in chunks, and the connection lives on`(path: String) throws {
        try TestServer.withServer(source: source) { _, port in
            let client = try ClientSocket(port: port)
            for _ in 0..<3 {
                client.send(TestServer.get(path, ""))
                let stream = try #require(source.next())
                let head = client.receive(until: "\r\n\r\n")
                #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.contains("Transfer-Encoding: chunked\r\n"))
                #expect(head.contains("Content-Type: text/event-stream\r\n"))
                #expect(head.contains("Cache-Control: no-store\r\n") && head.contains("X-Accel-Buffering: no\r\n"))
                #expect(!head.contains("Content-Length") && !head.contains("Connection"))
                for text in ["one", "and two", String(repeating: "x", count: 300)] {
                    #expect(stream.send(text))
                    let chunk = String(text.utf8.count, radix: 16) + "\r\n\(text)\r\n"
                    #expect(client.receive(until: chunk) == chunk)
                }
                stream.end()
                #expect(!stream.isOpen && !stream.send("late"))
                #expect(client.receive(until: "0\r\n\r\n") == "0\r\n\r\n")
                #expect(source.nextEnding() == .ended)
            }
            TestServer.ask(client)
        }
    }

    @Test func `What is pipelined is answered after the stream's end`() throws {
        try TestServer.withServer(source: source) { _, port in
            let client = try ClientSocket(port: port)
            client.send(TestServer.get("/stream", "") + TestServer.get("/stream", "") + TestServer.get("/inline"))
            for text in ["first", "second"] {
                let stream = try #require(source.next())
                stream.send(text)
                stream.end()
            }
            let answers = client.receiveAll() ?? "reset"
            let bodies = answers.components(between: "\r\n\r\n")
            #expect(bodies.filter { $0.hasPrefix("5\r\nfirst\r\n0") || $0.hasPrefix("6\r\nsecond\r\n0") }.count == 2)
            #expect(answers.hasSuffix("\r\n\r\ninline"))
        }
    }

    @Test(arguments: ["", "Connection: keep-alive\r\n"])
    func `HTTP 1.0 gets bare bytes, and the end of the connection`(fields: String) throws {
        try TestServer.withServer(source: source) { _, port in
            let client = try ClientSocket(port: port)
            client.send("GET /stream HTTP/1.0\r\n\(fields)\r\n")
            let stream = try #require(source.next())
            let head = client.receive(until: "\r\n\r\n")
            #expect(head.contains("Connection: close\r\n"))
            #expect(!head.contains("Transfer-Encoding") && !head.contains("Content-Length"))
            stream.send("one")
            #expect(client.receive(until: "one") == "one")
            client.send("not read")
            stream.send("two")
            stream.end()
            #expect(client.receiveAll() == "two")
        }
    }

    @Test func `HEAD gets the head, and the producer is told`() throws {
        try TestServer.withServer(source: source) { _, port in
            let client = try ClientSocket(port: port)
            client.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(client.receive(until: "\r\n\r\n").contains("Transfer-Encoding: chunked\r\n"))
            #expect(source.nextEnding() == .unused)
            #expect(source.next()?.isOpen == false)
            TestServer.ask(client)
        }
    }

    @Test func `A silent stream is heard of again and again, beyond the deadline of requests`() throws {
        let source = StreamSource(heartbeat: .init(bytes: Array(":\n\n".utf8), interval: .milliseconds(200)))
        try TestServer.withServer(source: source) {
            // Long enough for a busy machine to begin with the request.
            $0.limits.requestTimeout = .milliseconds(800)
        } _: { _, port in
            let client = try ClientSocket(port: port)
            client.send(TestServer.get("/stream"))
            let stream = try #require(source.next())
            _ = client.receive(until: "\r\n\r\n")
            for _ in 0..<5 { #expect(client.receive(until: ":\n\n\r\n") == "3\r\n:\n\n\r\n") }
            #expect(stream.send("still here"))
            #expect(client.receive(until: "here\r\n").hasSuffix("a\r\nstill here\r\n"))
            stream.end()
            #expect(client.receiveAll()?.hasSuffix("0\r\n\r\n") == true)
        }
    }

    @Test func `Many subscribers get everything, with one handler thread, and none is in hand`() throws {
        let statistics = ServerStatistics()
        try TestServer.withServer(source: source) {
            ($0.handlerThreads, $0.statistics) = (1, statistics)
        } _: { _, port in
            var clients: [ClientSocket] = []
            var streams: [ResponseStream] = []
            for _ in 0..<100 {
                let client = try ClientSocket(port: port)
                client.send(TestServer.get("/stream"))
                streams.append(try #require(source.next()))
                clients.append(client)
                _ = client.receive(until: "\r\n\r\n")
            }
            #expect(statistics.streams == 100)
            let probe = try ClientSocket(port: port)
            probe.send(TestServer.get("/pool", ""))
            #expect(probe.receive(until: "\r\n\r\npool").hasSuffix("pool"))
            let lines = (0..<50).map { "event \($0)\n" }
            for line in lines { for stream in streams { stream.send(line) } }
            for stream in streams { stream.end() }
            for client in clients {
                let body = Chunks.decode(client.receiveAll() ?? "reset")
                #expect(body == lines.joined())
            }
            TestServer.ask(probe)
            #expect(statistics.streams == 0 && statistics.inFlight == 0)
        }
    }

    @Test func `A stream is logged once, when it ends, with its bytes`() throws {
        let records = Records()
        try TestServer.withServer(source: source) {
            $0.onAccess = { records.add($0) }
        } _: { _, port in
            let client = try ClientSocket(port: port)
            client.send(TestServer.get("/stream"))
            let stream = try #require(source.next())
            stream.send("0123456789")
            _ = client.receive(until: "0123456789\r\n")
            #expect(records.all.isEmpty)
            stream.end()
            _ = client.receiveAll()
            let probe = try ClientSocket(port: port)
            TestServer.ask(probe)
            let record = records.all.first
            #expect(record?.isStream == true && record?.status == 200 && record?.route == "/stream")
            #expect(record?.bodyBytes == "a\r\n0123456789\r\n0\r\n\r\n".utf8.count)
        }
    }
}

/// Reads a chunked body, for tests: written without the code under test.
enum Chunks {
    /// The body; nil where the last chunk is missing or something follows it.
    static func decode(_ text: String) -> String? {
        var rest = Array(text.utf8)[...]
        var body: [UInt8] = []
        while let end = rest.firstIndex(of: 0x0D) {
            guard let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16),
                rest.count >= end - rest.startIndex + 2 + size + 2
            else { return nil }
            let start = end + 2
            body += rest[start..<(start + size)]
            rest = rest[(start + size + 2)...]
            if size == 0 { return rest.isEmpty ? String(decoding: body, as: UTF8.self) : nil }
        }
        return nil
    }
}

extension String {
    fileprivate func components(between separator: String) -> [String] {
        var parts: [String] = [""]
        for character in self.unicodeScalars {
            parts[parts.count - 1].unicodeScalars.append(character)
            if parts[parts.count - 1].hasSuffix(separator) { parts.append("") }
        }
        return parts
    }
}
