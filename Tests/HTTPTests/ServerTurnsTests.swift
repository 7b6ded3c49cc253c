import HTTP
import Sockets
import Testing

/// Who waits for a thread, and in which order.
@Suite("Turns on real sockets", .timeLimit(.minutes(1)))
struct ServerTurnsTests {
    /// A client that keeps the only handler busy at the gate, and those who wait for it, in this order.
    private static func line(
        _ paths: [String], behind gate: Gate, port: UInt16
    ) throws -> (busy: ClientSocket, clients: [ClientSocket]) {
        let busy = try ClientSocket(port: port)
        busy.send(TestServer.get("/gate"))
        gate.waitUntilEntered()
        let probe = try ClientSocket(port: port)
        let clients = try paths.map { path in
            let client = try ClientSocket(port: port)
            client.send(TestServer.get(path))
            // Has been read once the next one is answered.
            TestServer.ask(probe)
            return client
        }
        return (busy, clients)
    }

    @Test func `Much for one thing keeps nobody waiting who wants another`() throws {
        let gate = Gate()
        let sink = Records()
        try TestServer.withServer(gate: gate) {
            ($0.handlerThreads, $0.usualHandlers, $0.handlesLoneRequestsOnLoop) = (1, 1, false)
            $0.onAccess = { if $0.target != "/inline" { sink.add($0) } }
        } _: { _, port in
            let paths = Array(repeating: "/hello/a", count: 40) + ["/hello/b", "/pool"]
            let (busy, clients) = try Self.line(paths, behind: gate, port: port)
            gate.open()
            for client in clients { #expect(client.receiveAll()?.hasPrefix("HTTP/1.1 200 ") == true) }
            #expect(busy.receiveAll()?.hasSuffix("false") == true)
            #expect(sink.all.prefix(4).map(\.target) == ["/gate", "/hello/a", "/hello/b", "/pool"])
            #expect(sink.all.count == 43)
        }
    }

    @Test func `Who is answered first need not wait for those behind`() throws {
        let gate = Gate()
        try TestServer.withServer(gate: gate) {
            ($0.handlerThreads, $0.usualHandlers, $0.handlesLoneRequestsOnLoop) = (1, 1, false)
        } _: { _, port in
            let (busy, clients) = try Self.line(Array(repeating: "/together", count: 4), behind: gate, port: port)
            gate.open()
            #expect(clients[0].receiveAll()?.hasSuffix("first") == true)
            gate.waitUntilEntered()
            gate.open()
            let rest = clients.dropFirst().map { $0.receiveAll()?.suffix(5) }
            #expect(rest == ["later", "later", "alone"])
            #expect(busy.receiveAll()?.hasSuffix("false") == true)
        }
    }
}
