import HTTPTypes
import Sockets
import Testing

@testable import HTTP

@Suite struct GateTests {
    private static func withGate(_ body: (UInt16) throws -> Void) throws {
        try TestServer.withServer {
            $0.gate = { request in
                guard request.head.fields[.authorization] == nil else { return nil }
                var answer = Response.text(request.route?.pattern ?? "no route", status: .unauthorized)
                answer.fields[.wwwAuthenticate] = "Bearer"
                return answer
            }
        } _: { _, port in
            try body(port)
        }
    }

    /// Whatever would have become of the request.
    @Test(arguments: [
        ("GET /inline", "/inline"), ("HEAD /inline", ""), ("GET /pool", "/pool"), ("GET /absent", "no route"),
        ("DELETE /pool", "no route"), ("OPTIONS /pool", "no route"), ("OPTIONS *", "no route"),
        ("GET /%ff", "no route"), ("GET http://a/pool", "/pool"), ("GET /%70ool", "/pool"),
        ("GET /hello/x?token=y", "/hello/{name}"),
    ])
    func everyRequestPassesIt(start: String, body: String) throws {
        try Self.withGate { port in
            let answer = try TestServer.exchange(port, "\(start) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 401 ") && answer.hasSuffix("\r\n\r\n\(body)"))
            #expect(answer.contains("\r\nWWW-Authenticate: Bearer\r\n"))
        }
    }

    @Test(arguments: [
        "Content-Length: 10", "Content-Length: 60000", "Content-Length: 8000000", "Transfer-Encoding: chunked",
    ])
    func theAnswerIsThereBeforeTheBody(framing: String) throws {
        try Self.withGate { port in
            let client = try ClientSocket(port: port)
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
            #expect(client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 401 "))
        }
    }

    @Test func aRefusedBodyIsNeverReadAsTheNextRequest() throws {
        try Self.withGate { port in
            let inner = "GET /inline HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\n\r\n"
            let answer = try TestServer.exchange(
                port,
                "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: \(inner.utf8.count)\r\n\r\n\(inner)"
            )
            #expect(answer.components(of: "HTTP/1.1 ") == 1 && answer.hasPrefix("HTTP/1.1 401 "))
        }
    }

    @Test func whatItLetsInIsAnswered() throws {
        try Self.withGate { port in
            let answer = try TestServer.exchange(
                port, TestServer.get("/pool", "Authorization: x\r\nConnection: close\r\n"))
            #expect(answer.hasSuffix("\r\n\r\npool"))
        }
    }

    @Test func aRouteThatSaysNothingIsForNobody() {
        var router = Router()
        router.add(.get, "/a") { _ in .empty() }
        router.add(.get, "/b", access: .open) { _ in .empty() }
        router.add(.get, "/a", access: .scopes(["x"])) { _ in .empty() }
        router.add(.post, "/a") { _ in .empty() }
        #expect(router.routes.map(\.access) == [.scopes(["x"]), .open, .scopes([])])
        #expect(router.routes.map(\.number) == [0, 1, 2])
    }
}

extension String {
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
