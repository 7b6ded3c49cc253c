import Foundation
import HTTP
import HTTPTypes
import Testing

@testable import Serving

@Suite struct AccessGateTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gate-\(UUID().uuidString)")
    private let daemon: TestDaemon

    init() throws { daemon = try TestDaemon() }

    /// What the gate of a daemon bound to `bound` says to a request of these lines.
    private func answer(
        _ start: String, _ fields: [String] = [], host: String = "127.0.0.1:8080", tokens: TokenStore? = nil,
        bound: String = "127.0.0.1", further: [String] = []
    ) throws -> Response? {
        var parser = RequestParser(limits: HTTPLimits())
        let text = (["\(start) HTTP/1.1", "Host: \(host)"] + fields + ["", ""]).joined(separator: "\r\n")
        Array(text.utf8).withUnsafeBytes { parser.append($0) }
        guard case .head(let head) = try parser.next() else { throw HTTPFault.truncated }
        var route: Route?
        if let path = try? head.target.pathSegments(),
            case .route(let found, _) = daemon.router.match(head.method, path: path)
        {
            route = found
        }
        let gate = AccessGate(tokens: tokens, hosts: HostNames(bound: bound, further: further))
        return gate.answer(to: GateRequest(head: head, route: route))
    }

    private func store(_ scopes: [Scope]) throws -> (TokenStore, secret: String) {
        let file = TokenFile(path: folder.appendingPathComponent("tokens.json").path)
        let secret = try file.create(name: "a", scopes: scopes)
        return (try TokenStore(file: file, isRequired: true), secret)
    }

    // MARK: Hosts

    @Test(arguments: [
        ("127.0.0.1", true), ("127.0.0.1:8080", true), ("localhost:1", true), ("LOCALHOST.", true), ("[::1]:80", true),
        ("[0:0:0:0:0:0:0:1]", true), ("evil.example", false), ("evil.example:8080", false), ("127.0.0.2", false),
        ("localhost.evil.example", false), ("127.0.0.1.evil.example", false), ("2130706433", false), ("[::2]", false),
    ])
    func onlyKnownHosts(host: String, isKnown: Bool) throws {
        let answer = try answer("GET /healthz", host: host)
        #expect(answer?.status == (isKnown ? nil : .misdirectedRequest))
        if !isKnown { #expect(answer?.failure.code == "unknown_host") }
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false),
        ("2001:DB8::1", "[2001:db8:0::1]:80", true),
        ("192.0.2.7", "vae.example", true), ("192.0.2.7", "b.example:9", true), ("192.0.2.7", "c.example", true),
        ("0.0.0.0", "127.0.0.1", true), ("0.0.0.0", "192.0.2.9", false),
    ])
    func theBoundAddressAndFurtherNames(bound: String, host: String, isKnown: Bool) throws {
        let further = ["vae.example", "b.example, C.example"]
        #expect(try (answer("GET /", host: host, bound: bound, further: further) == nil) == isKnown)
        #expect(try answer("GET /", host: host, bound: bound, further: ["*"]) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9", true), ("localhost", true), ("::1", true), ("[::1]", true),
        ("0.0.0.0", false), ("::", false), ("192.0.2.1", false), ("127.example", false), ("", false),
    ])
    func loopbackIsKnown(address: String, isLoopback: Bool) {
        #expect(HostNames.isLoopback(address) == isLoopback)
    }

    // MARK: Origins

    @Test(arguments: [
        ([], true), (["Origin: http://127.0.0.1:8080"], true), (["Origin: https://127.0.0.1:8080"], true),
        (["Origin: http://127.0.0.1:3000"], false), (["Origin: http://evil.example"], false), (["Origin: null"], false),
        (["Origin: file://127.0.0.1:8080"], false), (["Origin: http://127.0.0.1:8080.evil.example"], false),
        (["Origin: http://127.0.0.1:8080", "Origin: http://evil.example"], false),
        (["Sec-Fetch-Site: same-origin"], true), (["Sec-Fetch-Site: none"], true),
        (["Sec-Fetch-Site: same-site", "Origin: http://127.0.0.1:8080"], false),
        (["Sec-Fetch-Site: cross-site"], false), (["Sec-Fetch-Site: "], false),
    ])
    func pagesOfOtherSitesChangeNothing(fields: [String], isLetIn: Bool) throws {
        for method in ["POST", "DELETE", "PUT", "PATCH"] {
            let answer = try answer("\(method) /v1/jobs", fields)
            #expect(answer?.status == (isLetIn ? nil : .forbidden), "\(method)")
        }
        #expect(try answer("GET /v1/jobs", fields) == nil)
    }

    // MARK: Tokens

    @Test func withoutAFileNoTokenIsAskedFor() throws {
        let store = try TokenStore(file: TokenFile(path: folder.path + "/none.json"), isRequired: false)
        #expect(try answer("GET /v1/models", tokens: store) == nil)
        #expect(throws: TokenError.missing(file: "/no/such/file")) {
            try TokenStore(file: TokenFile(path: "/no/such/file"), isRequired: true)
        }
    }

    @Test func everythingButThePageAndHealthNeedsOne() throws {
        let (store, _) = try store([.infer])
        for endpoint in RouteTable.endpoints {
            let path = endpoint.pattern.replacing("{index}", with: "1").replacing("{", with: "").replacing(
                "}", with: "")
            for method in [endpoint.method.rawValue] + (endpoint.method == .get ? ["HEAD"] : []) {
                let answer = try answer("\(method) \(path)", tokens: store)
                let isOpen = ["/healthz", "/readyz", "/v2/health/live", "/v2/health/ready", "/openapi.json"].contains(
                    endpoint.pattern)
                #expect(answer?.status == (isOpen ? nil : .unauthorized), "\(method) \(path)")
            }
        }
        for path in ["/", "/index.html", "/scripts/main.js"] {
            #expect(try answer("GET \(path)", tokens: store) == nil)
        }
        for start in ["GET /absent", "OPTIONS *", "OPTIONS /", "POST /", "GET //healthz", "GET /healthz/", "GET /%"] {
            #expect(try answer(start, tokens: store)?.status == .unauthorized, "\(start)")
        }
    }

    @Test(arguments: [
        (Scope.infer, "GET /v1/models", true), (.train, "GET /v1/models", true), (.metrics, "GET /v1/models", false),
        (.infer, "POST /v1/models/m/decode", true), (.train, "POST /v1/models/m/decode", false),
        (.train, "POST /v1/jobs", true), (.infer, "POST /v1/jobs", false), (.admin, "POST /v1/jobs", false),
        (.train, "DELETE /v1/jobs/x", false), (.admin, "DELETE /v1/jobs/x", true), (.metrics, "GET /absent", true),
    ])
    func aTokenIsGoodForItsScopes(scope: Scope, start: String, isLetIn: Bool) throws {
        let (store, secret) = try store([scope])
        let answer = try answer(start, ["Authorization: Bearer \(secret)"], tokens: store)
        #expect(answer?.status == (isLetIn ? nil : .forbidden))
        if !isLetIn { #expect(answer?.fields[.wwwAuthenticate]?.contains("insufficient_scope") == true) }
    }

    @Test func everyRouteCanBeCalledBySomebody() {
        for endpoint in RouteTable.endpoints { #expect(endpoint.access != .scopes([]), "\(endpoint.pattern)") }
    }

    @Test(arguments: [
        ("Bearer SECRET", true), ("bearer SECRET", true), ("BEARER  SECRET", true), ("Bearer SECRE", false),
        ("Bearer SECRETx", false), ("SECRET", false), ("Basic SECRET", false), ("Bearer", false), ("Bearer ", false),
        ("BearerSECRET", false), ("Bearer SECRET, Bearer SECRET", false),
        ("Bearer \(String(repeating: "a", count: 4000))", false),
    ])
    func theFieldIsReadStrictly(field: String, isLetIn: Bool) throws {
        let (store, secret) = try store([.infer])
        let answer = try answer(
            "GET /v1/models", ["Authorization: \(field.replacing("SECRET", with: secret))"], tokens: store)
        #expect(answer?.status == (isLetIn ? nil : .unauthorized))
        if !isLetIn {
            #expect(answer?.fields[.wwwAuthenticate] == "Bearer realm=\"latentd\", error=\"invalid_token\"")
            #expect(answer?.fields[.xContentTypeOptions] == "nosniff")
        }
    }
}
