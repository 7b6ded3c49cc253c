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

/// Servers to try out, and what one says to them.
enum TestServer {
    static func router(gate: Gate = Gate()) -> Router {
        var router = Router()
        router.add(.get, "/inline", execution: .inline) { _ in .text("inline") }
        router.add(.get, "/pool") { _ in .text("pool") }
        router.add(.get, "/hello/{name}", share: { $0["name"] }) {
            .text("hello \($0.pathParameters["name"] ?? "") \($0.query["q"] ?? "")")
        }
        router.add(.post, "/echo", bodyLimit: 8 << 20) { Response(contentType: "text/plain", body: $0.body) }
        router.add(.post, "/small", bodyLimit: 10) { Response(contentType: "text/plain", body: $0.body) }
        router.add(.get, "/large") { _ in
            Response(contentType: "text/plain", body: Array(repeating: 0x61, count: 8 << 20))
        }
        router.add(.get, "/gate") { request in
            gate.enterAndWait()
            return .text("cancelled: \(request.isCancelled)")
        }
        // Of several, the first is answered before the gate, the last by nobody but its handler.
        router.add(
            .get, "/together",
            together: { requests, answered in
                answered([(0, .text("first"))])
                gate.enterAndWait()
                answered((1..<requests.count - 1).map { ($0, .text("later")) })
            }, handler: { _ in .text("alone") })
        router.add(.get, "/gate/{name}", share: { $0["name"] }) { request in
            gate.enterAndWait()
            return .text("cancelled: \(request.isCancelled)")
        }
        router.add(.get, "/patient") { request in
            for _ in 0..<5000 where !request.isCancelled { usleep(1000) }
            return .text("patient")
        }
        return router
    }

    static func withServer(
        gate: Gate = Gate(), source: StreamSource = StreamSource(),
        _ configure: (inout ServerConfiguration) -> Void = { _ in }, _ body: (Server, UInt16) throws -> Void
    ) throws {
        var configuration = ServerConfiguration()
        configure(&configuration)
        var router = router(gate: gate)
        source.add(to: &router)
        let server = try Server(router: router, configuration: configuration)
        let port = try server.start()
        defer { server.stop(drain: .milliseconds(500)) }
        try body(server, port)
    }

    static func get(_ path: String, _ fields: String = "Connection: close\r\n") -> String {
        "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
    }

    static func exchange(_ port: UInt16, _ text: String) throws -> String {
        let client = try ClientSocket(port: port)
        client.send(text)
        return client.receiveAll() ?? "reset"
    }

    /// One request on a connection that lives on. The loop hears of what another client did before it no later: events
    /// come in their order (a new connection could overtake them, the loop accepts many at a time).
    static func ask(_ probe: ClientSocket) {
        probe.send(get("/inline", ""))
        #expect(probe.receive(until: "\r\n\r\ninline").hasSuffix("inline"))
    }
}
