import HTTP
import HTTPTypes
import Sockets
import Testing

@Suite("Server on real sockets", .timeLimit(.minutes(1)))
struct ServerTests {
    @Test(arguments: ["/inline", "/pool"])
    func `A request is answered, with a date and a length`(path: String) throws {
        try TestServer.withServer { _, port in
            let answer = try TestServer.exchange(port, TestServer.get(path))
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\nDate: "))
            #expect(answer.contains("Content-Length: \(path.utf8.count - 1)\r\n"))
            #expect(answer.contains("Connection: close\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n\(path.dropFirst())"))
        }
    }

    @Test func `Path and query come decoded`() throws {
        try TestServer.withServer { _, port in
            let answer = try TestServer.exchange(port, TestServer.get("/hello/a%20b?q=c+d"))
            #expect(answer.hasSuffix("hello a b c d"))
        }
    }

    @Test(arguments: [
        ("GET /nothing", 404, nil), ("POST /pool", 405, "Allow: GET, HEAD, OPTIONS"), ("HEAD /pool", 200, nil),
        ("OPTIONS /echo", 204, "Allow: OPTIONS, POST"), ("OPTIONS *", 204, "Allow: GET, HEAD, OPTIONS, POST"),
        ("GET /hello/%zz", 400, nil), ("BREW /pool", 501, nil),
    ])
    func `The router's answers reach the client`(start: String, status: Int, field: String?) throws {
        try TestServer.withServer { _, port in
            let answer = try TestServer.exchange(port, "\(start) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            if let field { #expect(answer.contains(field + "\r\n")) }
            if status >= 400 { #expect(answer.contains(#""request_id":"#)) }
            if start.hasPrefix("HEAD") {
                #expect(answer.contains("Content-Length: 4\r\n") && answer.hasSuffix("\r\n\r\n"))
            }
        }
    }

    @Test func `A client that sends byte by byte is understood`() throws {
        try TestServer.withServer { _, port in
            let client = try ClientSocket(port: port)
            for byte in "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n".utf8
            {
                client.send([byte])
            }
            for byte in "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n".utf8 { client.send([byte]) }
            #expect(client.receiveAll()?.hasSuffix("\r\n\r\nabcde") == true)
        }
    }

    @Test func `Pipelined requests are answered in order, from the loop and from the pool`() throws {
        try TestServer.withServer { _, port in
            let paths = (0..<200).map { $0 % 3 == 0 ? "/inline" : "/hello/\($0)" }
            let client = try ClientSocket(port: port)
            client.send(paths.map { TestServer.get($0, "") }.joined() + TestServer.get("/inline"))
            let answers = (client.receiveAll() ?? "").components(separatedBy: "HTTP/1.1 200 OK").dropFirst()
            #expect(answers.count == 201)
            for (path, answer) in zip(paths, answers) {
                #expect(answer.hasSuffix(path == "/inline" ? "inline" : "hello \(path.dropFirst(7)) "))
            }
        }
    }

    @Test func `Large bodies go both ways whole`() throws {
        try TestServer.withServer { _, port in
            let body = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            let client = try ClientSocket(port: port)
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: \(body.count)\r\n\r\n")
            #expect(client.send(body))
            var received: [UInt8] = []
            while let piece = client.receive(), !piece.isEmpty { received += piece }
            #expect(Array(received.suffix(body.count)) == body)
        }
    }

    @Test func `A client that waits for 100 Continue gets it`() throws {
        try TestServer.withServer { _, port in
            let client = try ClientSocket(port: port)
            client.send(
                "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
            )
            #expect(client.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            client.send("abc")
            #expect(client.receiveAll()?.hasSuffix("abc") == true)
        }
    }

    @Test func `A client that sends a body which is refused reads the answer and not a reset`() throws {
        try TestServer.withServer { _, port in
            let client = try ClientSocket(port: port)
            client.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
            client.send([UInt8](repeating: 0x61, count: 1_000_000))
            client.finishSending()
            let answer = client.receiveAll()
            #expect(answer?.hasPrefix("HTTP/1.1 413 ") == true)
            #expect(answer?.contains("Connection: close\r\n") == true)
        }
    }

    @Test func `What follows a bad request is never answered`() throws {
        try TestServer.withServer { _, port in
            let bad =
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            let answer = try TestServer.exchange(port, bad + TestServer.get("/inline"))
            #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func `A truncated body is 400`() throws {
        try TestServer.withServer { _, port in
            let client = try ClientSocket(port: port)
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc")
            client.finishSending()
            #expect(client.receiveAll()?.hasPrefix("HTTP/1.1 400 ") == true)
        }
    }

    @Test func `A client that half-closes gets its answers`() throws {
        try TestServer.withServer { _, port in
            let client = try ClientSocket(port: port)
            client.send(TestServer.get("/pool", "") + TestServer.get("/pool", ""))
            client.finishSending()
            #expect(client.receiveAll()?.components(separatedBy: "HTTP/1.1 200 OK").count == 3)
        }
    }

    @Test func `Stop lets the request in hand finish, and closes the idle connection`() throws {
        let gate = Gate()
        try TestServer.withServer(gate: gate) { server, port in
            let idle = try ClientSocket(port: port)
            idle.send(TestServer.get("/inline", ""))
            #expect(idle.receive(until: "inline").hasSuffix("inline"))
            let busy = try ClientSocket(port: port)
            busy.send(TestServer.get("/gate", ""))
            gate.waitUntilEntered()
            let done = Waiter()
            let box = OutcomeBox()
            try SystemThread.start(name: "test-stop") {
                box.set(server.stop(drain: .seconds(5)))
                done.signal()
            }
            #expect(idle.receiveAll() == "")
            gate.open()
            busy.finishSending()
            #expect(busy.receiveAll()?.hasSuffix("cancelled: false") == true)
            done.wait()
            #expect(box.value)
            #expect(throws: ClientSocket.Failure.self) { _ = try ClientSocket(port: port) }
        }
    }

    @Test func `Stop gives up on a handler that does not return, and says so`() throws {
        let gate = Gate()
        try TestServer.withServer(gate: gate) { server, port in
            let client = try ClientSocket(port: port)
            client.send(TestServer.get("/gate"))
            gate.waitUntilEntered()
            #expect(!server.stop(drain: .milliseconds(20)))
            #expect(client.receiveAll() == "")
            gate.open()
        }
    }

    @Test func `Over the cap of connections the answer is 503`() throws {
        try TestServer.withServer {
            $0.limits.connections = 1
        } _: { _, port in
            let first = try ClientSocket(port: port)
            first.send(TestServer.get("/inline", ""))
            #expect(first.receive(until: "inline").hasSuffix("inline"))
            let second = try ClientSocket(port: port)
            #expect(second.receiveAll()?.hasPrefix("HTTP/1.1 503 ") == true)
            first.send(TestServer.get("/inline"))
            #expect(first.receiveAll()?.hasSuffix("inline") == true)
        }
    }

    @Test func `A slow head is 408`() throws {
        try TestServer.withServer {
            $0.limits.headTimeout = .milliseconds(20)
        } _: { _, port in
            let answer = try TestServer.exchange(port, "GET / HTT")
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test func `A client that never reads is given up`() throws {
        try TestServer.withServer {
            $0.limits.writeStallTimeout = .milliseconds(20)
        } _: { server, port in
            let client = try ClientSocket(port: port)
            client.send(TestServer.get("/large"))
            // Were the stall not noticed, the drain would not end in time.
            #expect(client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
            #expect(server.stop(drain: .seconds(5)))
        }
    }

    @Test func `A taken port is a typed error`() throws {
        try TestServer.withServer { _, port in
            var configuration = ServerConfiguration()
            configuration.port = port
            let second = try Server(router: Router(), configuration: configuration)
            #expect(throws: SocketError.addressInUse(address: "127.0.0.1:\(port)")) { _ = try second.start() }
        }
    }
}
