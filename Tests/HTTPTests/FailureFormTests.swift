import HTTPTypes
import Testing

@testable import HTTP

/// Errors of one part of the path in a form of their own, whoever answers.
@Suite struct FailureFormTests {
    private static let plain = FailureForm(below: "plain") { content, response in
        response.body = Array("\(content.code) \(content.message)".utf8)
        if response.status == .contentTooLarge { response.status = .badRequest }
    }

    private static func exchange(_ text: String, token: String? = "x") throws -> String {
        var router = Router()
        router.add(.get, "/plain/fine") { _ in .text("fine") }
        router.add(.post, "/plain/small", bodyLimit: 4) { _ in .text("fine") }
        router.add(.get, "/plain/bad", execution: .inline) {
            .error(status: .conflict, code: "bad", message: "It is bad.", requestID: $0.id)
        }
        router.failureForms = [plain]
        var configuration = ServerConfiguration()
        configuration.gate = { request in
            request.head.fields[.authorization] == token
                ? nil
                : .error(status: .unauthorized, code: "who", message: "Who are you?", requestID: request.requestID)
        }
        let server = try Server(router: router, configuration: configuration)
        let port = try server.start()
        defer { server.stop(drain: .milliseconds(500)) }
        return try TestServer.exchange(port, text)
    }

    @Test(arguments: [
        ("GET /plain/bad", 409, "bad It is bad."), ("GET /plain", 404, "not_found There is nothing at this path."),
        ("GET /%70lain/absent", 404, "not_found There is nothing at this path."),
        ("DELETE /plain/fine?x=y", 405, "method_not_allowed This path answers GET, HEAD, OPTIONS only."),
        ("GET /%ff/plain", 400, "{"), ("GET /plainer", 404, "{"), ("GET /absent/plain", 404, "{"),
        ("GET /plain/fine", 200, "fine"), ("HEAD /plain/absent", 404, ""),
    ])
    func errorsHaveTheForm(start: String, status: Int, body: String) throws {
        let answer = try Self.exchange(
            "\(start) HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nConnection: close\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        let end = answer.firstRange(of: "\r\n\r\n").map { answer[$0.upperBound...] } ?? ""
        #expect(body == "{" ? end.hasPrefix("{\"error\":{") : end == body, "\(end)")
        if !body.isEmpty, body != "{" { #expect(answer.contains("Content-Length: \(body.utf8.count)\r\n")) }
    }

    @Test func theGatesAnswersHaveIt() throws {
        let answer = try Self.exchange(TestServer.get("/plain/fine"))
        #expect(answer.hasPrefix("HTTP/1.1 401 ") && answer.hasSuffix("\r\n\r\nwho Who are you?"))
    }

    /// A body over the route's limit: declared, and found out on the way.
    @Test(arguments: ["Content-Length: 5\r\n\r\n12345", "Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n"])
    func faultsHaveIt(rest: String) throws {
        let answer = try Self.exchange("POST /plain/small HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\n\(rest)")
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.contains("\r\n\r\nrequest_body_too_large ") || answer.contains("too_large "))
    }

    @Test func aRequestKnowsItsAge() {
        let request = Request()
        let first = request.age
        #expect(first >= 0)
        #expect(request.age >= first)
    }
}
