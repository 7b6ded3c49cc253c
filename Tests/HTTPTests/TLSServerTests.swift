import COpenSSL
import Foundation
import HTTP
import Sockets
import Testing

@Suite("Server with TLS", .timeLimit(.minutes(1)))
struct TLSServerTests {
    private let files: Certificates

    init() throws {
        files = try Certificates()
        try files.make("server")
    }

    private func context(_ name: String = "server", authority: String? = nil) throws -> TLSContext {
        try TLSContext(
            certificate: files.path("\(name).pem"), key: files.path("\(name).key"),
            clientAuthority: authority.map { files.path("\($0).pem") })
    }

    private func withServer(
        gate: Gate = Gate(), authority: String? = nil, _ configure: (inout ServerConfiguration) -> Void = { _ in },
        _ body: (Server, UInt16) throws -> Void
    ) throws {
        let context = try context(authority: authority)
        try TestServer.withServer(gate: gate) {
            $0.tls = context
            configure(&$0)
        } _: {
            try body($0, $1)
        }
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `Requests are answered on one connection, from the loop and from the pool`(version: Int32) throws {
        try withServer { _, port in
            let client = try TLSClient(port: port, version: version)
            #expect(client.version == version)
            for _ in 0..<50 {
                for path in ["inline", "pool"] {
                    client.send(TestServer.get("/\(path)", ""))
                    #expect(client.receive(until: "\r\n\r\n\(path)").hasPrefix("HTTP/1.1 200 OK\r\n"))
                }
            }
            client.send(TestServer.get("/pool"))
            #expect(client.receiveText().hasSuffix("pool"))
            #expect(client.wasToldTheEnd)
        }
    }

    @Test(arguments: [SSL3_VERSION, TLS1_VERSION, TLS1_1_VERSION])
    func `Older versions are refused`(version: Int32) throws {
        try withServer { _, port in
            #expect(throws: TLSClient.Refused.self) { _ = try TLSClient(port: port, version: version) }
            let newest = try TLSClient(port: port)
            #expect(newest.version == TLS1_3_VERSION)
        }
    }

    @Test func `ALPN agrees on http 1.1 or on nothing`() throws {
        try withServer { _, port in
            let (modern, plain) = (try TLSClient(port: port, protocols: ["h2", "http/1.1"]), try TLSClient(port: port))
            #expect(modern.agreedProtocol == "http/1.1" && plain.agreedProtocol == "")
            #expect(throws: TLSClient.Refused.self) { _ = try TLSClient(port: port, protocols: ["h2", "http/1.0"]) }
        }
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func `Large bodies go both ways whole`(version: Int32) throws {
        try withServer { _, port in
            let body = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            let client = try TLSClient(port: port, version: version)
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: \(body.count)\r\n\r\n")
            #expect(client.send(body))
            #expect(Array(client.receiveAll().suffix(body.count)) == body)
        }
    }

    @Test func `Pipelined requests in many small records are answered in order`() throws {
        try withServer { _, port in
            let client = try TLSClient(port: port)
            let paths = (0..<300).map { $0 % 3 == 0 ? "/inline" : "/hello/\($0)" }
            for path in paths { client.send(TestServer.get(path, "")) }
            for byte in TestServer.get("/inline").utf8 { client.send([byte]) }
            let answers = client.receiveText().components(separatedBy: "HTTP/1.1 200 OK").dropFirst()
            #expect(answers.count == 301)
            for (path, answer) in zip(paths, answers) {
                #expect(answer.hasSuffix(path == "/inline" ? "inline" : "hello \(path.dropFirst(7)) "))
            }
        }
    }

    @Test(arguments: [true, false])
    func `A client that half-closes gets its answers`(withNotice: Bool) throws {
        try withServer { _, port in
            let client = try TLSClient(port: port)
            client.send(TestServer.get("/pool", "") + TestServer.get("/pool", ""))
            if withNotice { client.finishSending() }
            client.socket.finishSending()
            #expect(client.receiveText().components(separatedBy: "HTTP/1.1 200 OK").count == 3)
            #expect(client.wasToldTheEnd)
        }
    }

    @Test(arguments: [true, false])
    func `A truncated body is 400 and never handled`(withNotice: Bool) throws {
        let records = Records()
        try withServer {
            $0.onAccess = { records.add($0) }
        } _: { _, port in
            let client = try TLSClient(port: port)
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc")
            if withNotice { client.finishSending() }
            client.socket.finishSending()
            #expect(client.receiveText().hasPrefix("HTTP/1.1 400 "))
        }
        #expect(records.all.map(\.status) == [400] && records.all.map(\.route) == [nil])
    }

    @Test func `A client that sends a body which is refused reads the answer and not a reset`() throws {
        try withServer { _, port in
            let client = try TLSClient(port: port)
            client.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
            client.send([UInt8](repeating: 0x61, count: 1_000_000))
            #expect(client.receiveText().hasPrefix("HTTP/1.1 413 "))
            #expect(client.wasToldTheEnd)
        }
    }

    @Test func `The handler's answer and a client that goes on meanwhile do not meet in the session`() throws {
        let gate = Gate()
        try withServer(gate: gate) { _, port in
            let client = try TLSClient(port: port)
            client.send(TestServer.get("/gate", ""))
            gate.waitUntilEntered()
            client.send(TestServer.get("/inline", ""))
            client.updateKeys()
            client.send(TestServer.get("/pool"))
            gate.open()
            let text = client.receiveText()
            #expect(text.contains("cancelled: false"))
            #expect(text.hasSuffix("pool"))
        }
    }

    @Test func `Key updates without end, and with no request, end the connection`() throws {
        try withServer { _, port in
            let client = try TLSClient(port: port, version: TLS1_3_VERSION)
            let other = try TLSClient(port: port)
            for _ in 0..<20 { client.updateKeys() }
            client.send(TestServer.get("/inline"))
            _ = client.receiveAll()
            other.send(TestServer.get("/inline"))
            #expect(other.receiveText().hasSuffix("inline"))
        }
    }

    @Test(arguments: [
        "", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\u{16}\u{3}\u{1}", String(repeating: "x", count: 200_000),
    ])
    func `What is no handshake is dropped, and one that stalls is cut`(bytes: String) throws {
        try withServer {
            $0.limits.tlsHandshakeTimeout = .milliseconds(50)
        } _: { _, port in
            let client = try ClientSocket(port: port)
            client.send(bytes)
            while let piece = client.receive(), !piece.isEmpty {}
            let other = try TLSClient(port: port)
            other.send(TestServer.get("/inline"))
            #expect(other.receiveText().hasSuffix("inline"))
        }
    }

    @Test func `A client certificate is asked for, and has to be the authority's`() throws {
        try files.make("authority")
        try files.make("member", signedBy: "authority")
        try files.make("stranger")
        try withServer(authority: "authority") { _, port in
            for (certificate, version, isAdmitted) in [
                ("member", TLS1_2_VERSION, true), ("member", TLS1_3_VERSION, true),
                ("stranger", TLS1_2_VERSION, false), ("stranger", TLS1_3_VERSION, false),
                (nil, TLS1_2_VERSION, false), (nil, TLS1_3_VERSION, false),
            ] {
                // With TLS 1.3 a client learns of its refusal when it reads.
                let client = try? TLSClient(port: port, version: version, certificate: certificate.map(files.path))
                client?.send(TestServer.get("/inline"))
                #expect((client?.receiveText().hasSuffix("inline") ?? false) == isAdmitted, "\(certificate ?? "none")")
            }
        }
    }

    @Test func `A new certificate is for new connections, and the old ones live on`() throws {
        try files.make("next")
        let next = try context("next")
        try withServer { server, port in
            let old = try TLSClient(port: port)
            server.use(next)
            // Answered after the mail was read.
            old.send(TestServer.get("/inline", ""))
            #expect(old.receive(until: "\r\n\r\ninline").hasSuffix("inline"))
            let new = try TLSClient(port: port)
            #expect(new.serverCertificate != old.serverCertificate)
            for client in [old, new] {
                client.send(TestServer.get("/pool"))
                #expect(client.receiveText().hasSuffix("pool"))
            }
        }
    }

    @Test func `Stop does not wait for a handshake that stalls`() throws {
        try withServer { server, port in
            let stalled = try ClientSocket(port: port)
            let client = try TLSClient(port: port)
            client.send(TestServer.get("/inline", ""))
            #expect(client.receive(until: "\r\n\r\ninline").hasSuffix("inline"))
            #expect(server.stop(drain: .seconds(5)))
            #expect(client.receiveAll().isEmpty)
            #expect(client.wasToldTheEnd)
            #expect(stalled.receive() == [])
        }
    }
}
