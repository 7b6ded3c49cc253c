import Foundation
import HTTP
import HTTPTypes
import Sockets
import Testing

/// A gate that handlers wait at, so that a test decides when a request is in hand and when it is done.
final class Gate: Sendable {
    private let entered = Waiter()
    private let opened = Waiter()

    func enterAndWait() {
        entered.signal()
        opened.wait()
    }

    func waitUntilEntered() { entered.wait() }

    func open() { opened.signal() }
}

@Suite("Server on real sockets", .timeLimit(.minutes(1)))
struct ServerTests {
    private static func router(gate: Gate = Gate()) -> Router {
        var router = Router()
        router.add(.get, "/inline", execution: .inline) { _ in .text("inline") }
        router.add(.get, "/pool") { _ in .text("pool") }
        router.add(.get, "/hello/{name}") { .text("hello \($0.pathParameters["name"] ?? "") \($0.query["q"] ?? "")") }
        router.add(.post, "/echo", bodyLimit: 8 << 20) { Response(contentType: "text/plain", body: $0.body) }
        router.add(.post, "/small", bodyLimit: 10) { Response(contentType: "text/plain", body: $0.body) }
        router.add(.get, "/large") { _ in
            Response(contentType: "text/plain", body: Array(repeating: 0x61, count: 8 << 20))
        }
        router.add(.get, "/gate") { request in
            gate.enterAndWait()
            return .text("cancelled: \(request.isCancelled)")
        }
        return router
    }

    private func withServer(
        gate: Gate = Gate(), _ configure: (inout ServerConfiguration) -> Void = { _ in },
        _ body: (Server, UInt16) throws -> Void
    ) throws {
        var configuration = ServerConfiguration()
        configure(&configuration)
        let server = try Server(router: Self.router(gate: gate), configuration: configuration)
        let port = try server.start()
        defer { server.stop(drain: .milliseconds(500)) }
        try body(server, port)
    }

    private func get(_ path: String, _ fields: String = "Connection: close\r\n") -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
    }

    private func exchange(_ port: UInt16, _ text: String) throws -> String {
        let client = try ClientSocket(port: port)
        client.send(text)
        return client.receiveAll() ?? "reset"
    }

    /// One request on a connection that lives on. The loop hears of what another client did before it no later: events
    /// come in their order (a new connection could overtake them, the loop accepts many at a time).
    private func ask(_ probe: ClientSocket) {
        probe.send(get("/inline", ""))
        #expect(probe.receive(until: "\r\n\r\ninline").hasSuffix("inline"))
    }

    @Test(arguments: ["/inline", "/pool"])
    func `A request is answered, with a date and a length`(path: String) throws {
        try withServer { _, port in
            let answer = try exchange(port, get(path))
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\nDate: "))
            #expect(answer.contains("Content-Length: \(path.utf8.count - 1)\r\n"))
            #expect(answer.contains("Connection: close\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n\(path.dropFirst())"))
        }
    }

    @Test func `Path and query come decoded`() throws {
        try withServer { _, port in
            let answer = try exchange(port, get("/hello/a%20b?q=c+d"))
            #expect(answer.hasSuffix("hello a b c d"))
        }
    }

    @Test(arguments: [
        ("GET /nothing", 404, nil), ("POST /pool", 405, "Allow: GET, HEAD, OPTIONS"), ("HEAD /pool", 200, nil),
        ("OPTIONS /echo", 204, "Allow: OPTIONS, POST"), ("OPTIONS *", 204, "Allow: GET, HEAD, OPTIONS, POST"),
        ("GET /hello/%zz", 400, nil), ("BREW /pool", 501, nil),
    ])
    func `The router's answers reach the client`(start: String, status: Int, field: String?) throws {
        try withServer { _, port in
            let answer = try exchange(port, "\(start) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            if let field { #expect(answer.contains(field + "\r\n")) }
            if status >= 400 { #expect(answer.contains(#""request_id":"#)) }
            if start.hasPrefix("HEAD") {
                #expect(answer.contains("Content-Length: 4\r\n") && answer.hasSuffix("\r\n\r\n"))
            }
        }
    }

    @Test func `A client that sends byte by byte is understood`() throws {
        try withServer { _, port in
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
        try withServer { _, port in
            let paths = (0..<200).map { $0 % 3 == 0 ? "/inline" : "/hello/\($0)" }
            let client = try ClientSocket(port: port)
            client.send(paths.map { get($0, "") }.joined() + get("/inline"))
            let answers = (client.receiveAll() ?? "").components(separatedBy: "HTTP/1.1 200 OK").dropFirst()
            #expect(answers.count == 201)
            for (path, answer) in zip(paths, answers) {
                #expect(answer.hasSuffix(path == "/inline" ? "inline" : "hello \(path.dropFirst(7)) "))
            }
        }
    }

    @Test func `Large bodies go both ways whole`() throws {
        try withServer { _, port in
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
        try withServer { _, port in
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
        try withServer { _, port in
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
        try withServer { _, port in
            let bad =
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            let answer = try exchange(port, bad + get("/inline"))
            #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func `A truncated body is 400`() throws {
        try withServer { _, port in
            let client = try ClientSocket(port: port)
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc")
            client.finishSending()
            #expect(client.receiveAll()?.hasPrefix("HTTP/1.1 400 ") == true)
        }
    }

    @Test func `A client that half-closes gets its answers`() throws {
        try withServer { _, port in
            let client = try ClientSocket(port: port)
            client.send(get("/pool", "") + get("/pool", ""))
            client.finishSending()
            #expect(client.receiveAll()?.components(separatedBy: "HTTP/1.1 200 OK").count == 3)
        }
    }

    @Test func `A client that vanishes cancels its request, and the next one is served`() throws {
        let gate = Gate()
        let sink = Records()
        try withServer(gate: gate) {
            $0.onAccess = { sink.add($0) }
        } _: { server, port in
            let probe = try ClientSocket(port: port)
            let client = try ClientSocket(port: port)
            client.send(get("/gate"))
            gate.waitUntilEntered()
            ask(probe)
            client.resetOnClose()
            client.close()
            ask(probe)
            gate.open()
            server.stop(drain: .seconds(5))
            #expect(sink.all.map(\.target).sorted() == ["/gate", "/inline", "/inline"])
            #expect(sink.all.first { $0.target == "/gate" }?.bodyBytes == "cancelled: true".utf8.count)
        }
    }

    @Test func `A client that vanishes while it waits for a thread costs no handler`() throws {
        let gate = Gate()
        let sink = Records()
        try withServer(gate: gate) {
            $0.handlerThreads = 1
            $0.handlesLoneRequestsOnLoop = false
            $0.onAccess = { sink.add($0) }
        } _: { server, port in
            let first = try ClientSocket(port: port)
            first.send(get("/gate"))
            gate.waitUntilEntered()
            let second = try ClientSocket(port: port)
            second.send(get("/pool"))
            let probe = try ClientSocket(port: port)
            ask(probe)
            second.resetOnClose()
            second.close()
            ask(probe)
            gate.open()
            #expect(first.receiveAll()?.hasSuffix("cancelled: false") == true)
            server.stop(drain: .seconds(5))
            #expect(!sink.all.contains { $0.target == "/pool" })
        }
    }

    @Test func `Lone requests are handled on the loop's thread, which is relieved of long ones`() throws {
        let gate = Gate()
        try withServer(gate: gate) {
            $0.handlerThreads = 2
        } _: { _, port in
            let client = try ClientSocket(port: port)
            // The first brings the relief; those in hand in between come from the pool.
            for _ in 0..<20 {
                client.send(get("/pool", ""))
                #expect(client.receive(until: "\r\n\r\npool").hasSuffix("pool"))
            }
            for _ in 0..<3 {
                client.send(get("/gate", ""))
                gate.waitUntilEntered()
                for _ in 0..<3 { #expect(try exchange(port, get("/inline")).hasSuffix("inline")) }
                for _ in 0..<3 { #expect(try exchange(port, get("/pool")).hasSuffix("pool")) }
                gate.open()
                #expect(client.receive(until: "false").hasSuffix("cancelled: false"))
            }
        }
    }

    @Test func `A full queue is 503 with Retry-After, and the connection lives`() throws {
        let gate = Gate()
        try withServer(gate: gate) {
            $0.handlerThreads = 1
            $0.handlesLoneRequestsOnLoop = false
            $0.handlerQueue = 1
        } _: { _, port in
            let first = try ClientSocket(port: port)
            first.send(get("/gate"))
            gate.waitUntilEntered()
            let second = try ClientSocket(port: port)
            second.send(get("/pool"))
            #expect(try exchange(port, get("/inline")).hasSuffix("inline"))
            let third = try ClientSocket(port: port)
            third.send(get("/pool", "") + get("/inline"))
            let answer = third.receiveAll() ?? "reset"
            #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("Retry-After: 1\r\n"))
            #expect(answer.hasSuffix("inline"))
            gate.open()
            #expect(first.receiveAll()?.hasSuffix("false") == true)
            #expect(second.receiveAll()?.hasSuffix("pool") == true)
        }
    }

    @Test func `Stop lets the request in hand finish, and closes the idle connection`() throws {
        let gate = Gate()
        try withServer(gate: gate) { server, port in
            let idle = try ClientSocket(port: port)
            idle.send(get("/inline", ""))
            #expect(idle.receive(until: "inline").hasSuffix("inline"))
            let busy = try ClientSocket(port: port)
            busy.send(get("/gate", ""))
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
        try withServer(gate: gate) { server, port in
            let client = try ClientSocket(port: port)
            client.send(get("/gate"))
            gate.waitUntilEntered()
            #expect(!server.stop(drain: .milliseconds(20)))
            #expect(client.receiveAll() == "")
            gate.open()
        }
    }

    @Test func `Over the cap of connections the answer is 503`() throws {
        try withServer {
            $0.limits.connections = 1
        } _: { _, port in
            let first = try ClientSocket(port: port)
            first.send(get("/inline", ""))
            #expect(first.receive(until: "inline").hasSuffix("inline"))
            let second = try ClientSocket(port: port)
            #expect(second.receiveAll()?.hasPrefix("HTTP/1.1 503 ") == true)
            first.send(get("/inline"))
            #expect(first.receiveAll()?.hasSuffix("inline") == true)
        }
    }

    @Test func `A slow head is 408`() throws {
        try withServer {
            $0.limits.headTimeout = .milliseconds(20)
        } _: { _, port in
            let answer = try exchange(port, "GET / HTT")
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test func `A client that never reads is given up`() throws {
        try withServer {
            $0.limits.writeStallTimeout = .milliseconds(20)
        } _: { server, port in
            let client = try ClientSocket(port: port)
            client.send(get("/large"))
            // Were the stall not noticed, the drain would not end in time.
            #expect(client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
            #expect(server.stop(drain: .seconds(5)))
        }
    }

    @Test func `A taken port is a typed error`() throws {
        try withServer { _, port in
            var configuration = ServerConfiguration()
            configuration.port = port
            let second = try Server(router: Router(), configuration: configuration)
            #expect(throws: SocketError.addressInUse(address: "127.0.0.1:\(port)")) { _ = try second.start() }
        }
    }
}
