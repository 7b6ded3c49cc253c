import HTTP
import Sockets
import Synchronization
import Testing

/// Each way in which an open stream can end, on real sockets: its producer is told once, and nothing stays behind.
@Suite("Ends of streams", .timeLimit(.minutes(1)))
struct StreamEndTests {
    private let source = StreamSource()
    private let piece = [UInt8](repeating: 0x61, count: 16 * 1024)

    private func open(_ port: UInt16) throws -> (ClientSocket, ResponseStream) {
        let client = try ClientSocket(port: port)
        client.send(TestServer.get("/stream"))
        let stream = try #require(source.next())
        _ = client.receive(until: "\r\n\r\n")
        return (client, stream)
    }

    @Test func `Who does not read is cut off at the cap, and nobody else notices`() throws {
        let statistics = ServerStatistics()
        try TestServer.withServer(source: source) {
            $0.limits.streamBufferBytes = 64 * 1024
            $0.statistics = statistics
        } _: { _, port in
            let (deaf, slow) = try open(port)
            let (client, good) = try open(port)
            var (sent, peak) = (0, 0)
            while slow.send(piece) {
                sent += piece.count
                peak = max(peak, slow.bufferedBytes)
                #expect(good.send("\(sent)\n"))
                // What the kernel takes has its own bounds.
                if sent > 64 << 20 { break }
            }
            #expect(peak <= 64 * 1024 && peak > 32 * 1024)
            #expect(source.nextEnding() == .overflow)
            #expect(!slow.isOpen && slow.bufferedBytes == 0)
            good.send("last\n")
            good.end()
            #expect(Chunks.decode(client.receiveAll() ?? "reset")?.hasSuffix("\(sent)\nlast\n") == true)
            #expect(source.nextEnding() == .ended)
            // The one that was cut can tell: its body has no end.
            #expect(deaf.receiveAll().flatMap(Chunks.decode) == nil)
            #expect(statistics.streams == 0 && statistics.streamEndings == [.overflow: 1, .ended: 1])
        }
    }

    @Test func `One piece alone may exceed the cap`() throws {
        try TestServer.withServer(source: source) {
            $0.limits.streamBufferBytes = 10
        } _: { _, port in
            let (client, stream) = try open(port)
            #expect(stream.send(piece))
            #expect(client.receive(until: "aaa\r\n").hasSuffix("aaa\r\n"))
            stream.end()
            #expect(client.receiveAll()?.hasSuffix("0\r\n\r\n") == true)
        }
    }

    @Test func `A producer that can wait is told when there is room, and loses nothing`() throws {
        try TestServer.withServer(source: source) {
            $0.limits.streamBufferBytes = 64 * 1024
        } _: { _, port in
            let (client, stream) = try open(port)
            let (wasFull, done) = (Waiter(), Waiter())
            let sent = Atomic<Int>(0)
            try SystemThread.start(name: "producer") { [source, piece] in
                var left = Int.max
                while left > 0 {
                    switch stream.offer(piece) {
                    case .taken:
                        sent.add(piece.count, ordering: .relaxed)
                        left -= 1
                    case .full:
                        wasFull.signal()
                        left = min(left, 100)
                        if !source.waitForRoom() { left = 0 }
                    case .closed: left = 0
                    }
                }
                stream.end()
                done.signal()
            }
            wasFull.wait()
            let body = Chunks.decode(client.receiveAll() ?? "reset")
            done.wait()
            #expect(body?.utf8.count == sent.load(ordering: .relaxed))
            #expect(source.nextEnding() == .ended)
        }
    }

    @Test func `Who takes nothing for too long is cut`() throws {
        try TestServer.withServer(source: source) {
            $0.limits.writeStallTimeout = .milliseconds(50)
        } _: { _, port in
            let (client, stream) = try open(port)
            #expect(stream.send([UInt8](repeating: 0x61, count: 64 << 20)))
            #expect(source.nextEnding() == .stalled)
            client.close()
        }
    }

    @Test(arguments: ["reset", "closed"])
    func `A client that goes is noticed without anything being sent`(how: String) throws {
        let statistics = ServerStatistics()
        try TestServer.withServer(source: source) {
            $0.limits.halfCloseGrace = .milliseconds(20)
            $0.statistics = statistics
        } _: { _, port in
            let (client, stream) = try open(port)
            if how == "reset" { client.resetOnClose() }
            client.close()
            #expect(source.nextEnding() == .peerLeft)
            #expect(!stream.isOpen && statistics.streams == 0)
        }
    }

    @Test func `Who only ends its own side gets a moment, and then an orderly end`() throws {
        try TestServer.withServer(source: source) {
            $0.limits.halfCloseGrace = .milliseconds(20)
        } _: { _, port in
            for isEarly in [false, true] {
                let client = try ClientSocket(port: port)
                client.send(TestServer.get("/stream", ""))
                if isEarly { client.finishSending() }
                let stream = try #require(source.next())
                stream.send("something")
                if !isEarly { client.finishSending() }
                #expect(client.receiveAll()?.hasSuffix("\r\n\r\n9\r\nsomething\r\n0\r\n\r\n") == true)
                #expect(source.nextEnding() == .peerLeft)
            }
        }
    }

    @Test(arguments: [Duration.zero, .milliseconds(200)])
    func `A stop ends streams in order, and does not wait for those who do not read`(delay: Duration) throws {
        let statistics = ServerStatistics()
        try TestServer.withServer(source: source) {
            $0.limits.drainIdleTimeout = .milliseconds(50)
            $0.statistics = statistics
        } _: { server, port in
            let (deaf, full) = try open(port)
            // More than the kernel ever takes; one piece alone may exceed the cap.
            #expect(full.send([UInt8](repeating: 0x61, count: 64 << 20)))
            let clients = try (0..<20).map { _ in try open(port) }
            for (_, stream) in clients { stream.send("hello") }
            let stopped = OutcomeBox()
            let done = Waiter()
            try SystemThread.start(name: "stop") {
                stopped.set(server.stop(after: delay, drain: .seconds(15)))
                done.signal()
            }
            for (client, _) in clients {
                #expect(Chunks.decode(client.receiveAll() ?? "reset") == "hello")
            }
            done.wait()
            #expect(stopped.value)
            let endings = (0..<21).compactMap { _ in source.nextEnding() }
            #expect(endings.count { $0 == .stopped } == 20 && endings.count { $0 == .stalled } == 1, "\(endings)")
            #expect(statistics.streams == 0)
            deaf.close()
        }
    }

    @Test func `One more than the cap of open streams is 503, until one ends`() throws {
        let statistics = ServerStatistics()
        try TestServer.withServer(source: source) {
            ($0.limits.streams, $0.statistics) = (1, statistics)
        } _: { _, port in
            let (client, stream) = try open(port)
            let other = try ClientSocket(port: port)
            for _ in 0..<2 {
                other.send(TestServer.get("/stream", ""))
                let head = other.receive(until: "\r\n\r\n")
                #expect(head.hasPrefix("HTTP/1.1 503 ") && head.contains("Retry-After: 5\r\n"))
                #expect(other.receive(until: "}}\n").contains("too_many_streams"))
                #expect(source.nextEnding() == .unused && source.next()?.isOpen == false)
            }
            #expect(statistics.streams == 1 && statistics.streamsTurnedAway == 2)
            stream.end()
            #expect(client.receiveAll()?.hasSuffix("0\r\n\r\n") == true)
            #expect(source.nextEnding() == .ended)
            other.send(TestServer.get("/stream", ""))
            #expect(other.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
            source.next()?.end()
        }
    }
}
