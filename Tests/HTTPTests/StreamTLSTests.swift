import COpenSSL
import HTTP
import Sockets
import Testing

@Suite("Streams with TLS", .timeLimit(.minutes(1)))
struct StreamTLSTests {
    private let source = StreamSource()
    private let context: TLSContext

    init() throws {
        let files = try Certificates()
        try files.make("server")
        context = try TLSContext(certificate: files.path("server.pem"), key: files.path("server.key"))
    }

    private func withServer(
        _ configure: (inout ServerConfiguration) -> Void = { _ in }, _ body: (Server, UInt16) throws -> Void
    ) throws {
        try TestServer.withServer(source: source) {
            $0.tls = context
            configure(&$0)
        } _: {
            try body($0, $1)
        }
    }

    private func open(_ client: TLSClient) throws -> ResponseStream {
        client.send(TestServer.get("/stream", ""))
        let stream = try #require(source.next())
        #expect(client.receive(until: "\r\n\r\n").contains("Transfer-Encoding: chunked\r\n"))
        return stream
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `What is sent arrives at once, and the connection lives on`(version: Int32) throws {
        try withServer { _, port in
            let client = try TLSClient(port: port, version: version)
            for _ in 0..<3 {
                let stream = try open(client)
                for text in ["one", "and two"] {
                    stream.send(text)
                    #expect(client.receive(until: "\(text)\r\n") == "\(text.utf8.count)\r\n\(text)\r\n")
                }
                stream.end()
                #expect(client.receive(until: "0\r\n\r\n") == "0\r\n\r\n")
                #expect(source.nextEnding() == .ended)
            }
            client.send(TestServer.get("/pool"))
            #expect(client.receiveText().hasSuffix("pool"))
        }
    }

    @Test func `What waits for a slow reader arrives whole`() throws {
        try withServer { _, port in
            let client = try TLSClient(port: port)
            let stream = try open(client)
            var sent = 0
            let piece = (0..<5000).map { UInt8(truncatingIfNeeded: $0) }
            while stream.offer(piece) == .taken { sent += 1 }
            stream.end()
            let body = client.receive(untilEnd: "\r\n0\r\n\r\n")
            #expect(sent > 50 && body.count >= sent * piece.count)
            #expect(source.nextEnding() == .ended)
        }
    }

    @Test func `Who does not read is cut off at the cap, and who goes is noticed`() throws {
        try withServer {
            $0.limits.halfCloseGrace = .milliseconds(20)
        } _: { _, port in
            let deaf = try TLSClient(port: port)
            let stream = try open(deaf)
            while stream.send([UInt8](repeating: 0x61, count: 16 * 1024)) {}
            #expect(source.nextEnding() == .overflow)
            let gone = try TLSClient(port: port)
            _ = try open(gone)
            gone.finishSending()
            gone.socket.close()
            #expect(source.nextEnding() == .peerLeft)
        }
    }

    @Test func `A stop ends streams in order, and TLS too`() throws {
        try withServer { server, port in
            let clients = try (0..<5).map { _ in try TLSClient(port: port) }
            for client in clients { _ = try open(client) }
            let done = Waiter()
            let stopped = OutcomeBox()
            try SystemThread.start(name: "stop") {
                stopped.set(server.stop(drain: .seconds(15)))
                done.signal()
            }
            for client in clients {
                #expect(client.receiveText() == "0\r\n\r\n" && client.wasToldTheEnd)
                client.socket.close()
                #expect(source.nextEnding() == .stopped)
            }
            done.wait()
            #expect(stopped.value)
        }
    }
}

extension TLSClient {
    fileprivate func receive(untilEnd text: String) -> [UInt8] {
        var all: [UInt8] = []
        while !all.suffix(text.utf8.count).elementsEqual(text.utf8), case let piece = receive(), !piece.isEmpty {
            all += piece
        }
        return all
    }
}
