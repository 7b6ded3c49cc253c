import HTTP
import HTTPTypes
import Testing

@Suite("Router")
struct RouterTests {
    private let router: Router = {
        var router = Router()
        for (method, pattern): (HTTPRequest.Method, String) in [
            (.get, "/"), (.get, "/healthz"), (.get, "/v1/models"), (.get, "/v1/models/{model}"),
            (.post, "/v1/models/{model}/decode"), (.get, "/v1/models/{model}/manifold.png"),
            (.get, "/v1/datasets/{set}/{split}/{index}.png"), (.get, "/v1/datasets/{set}/{split}/{index}"),
            (.get, "/v1/models/special"), (.delete, "/v1/models/{name}"), (.get, "/assets/{path...}"),
        ] {
            router.add(method, pattern) { _ in .text(pattern) }
        }
        return router
    }()

    private func describe(_ method: HTTPRequest.Method, _ segments: [String]) -> String {
        switch router.match(method, path: segments) {
        case .route(let route, let parameters):
            let names = ["model", "name", "set", "split", "index", "path"]
            return ([route.pattern] + names.compactMap { name in parameters[name].map { "\(name)=\($0)" } })
                .joined(separator: " ")
        case .methodNotAllowed(let allow): return "405 \(allow)"
        case .options(let allow): return "options \(allow)"
        case .notFound: return "404"
        }
    }

    @Test(arguments: [
        (HTTPRequest.Method.get, [""], "/"),
        (.get, ["healthz"], "/healthz"),
        (.head, ["healthz"], "/healthz"),
        (.get, ["healthz", ""], "404"),
        (.post, ["healthz"], "405 GET, HEAD, OPTIONS"),
        (.options, ["v1", "models", "m"], "options DELETE, GET, HEAD, OPTIONS"),
        (.get, ["v1", "models", "m"], "/v1/models/{model} model=m"),
        (.delete, ["v1", "models", "m"], "/v1/models/{name} name=m"),
        (.get, ["v1", "models", "special"], "/v1/models/special"),
        (.post, ["v1", "models", "special", "decode"], "/v1/models/{model}/decode model=special"),
        (.get, ["v1", "models", ""], "404"),
        (.get, ["v1", "models", "a/b"], "/v1/models/{model} model=a/b"),
        (.get, ["v1", "models", "m", "manifold.png"], "/v1/models/{model}/manifold.png model=m"),
        (
            .get, ["v1", "datasets", "d", "test", "7.png"],
            "/v1/datasets/{set}/{split}/{index}.png set=d split=test index=7"
        ),
        (.get, ["v1", "datasets", "d", "test", "7"], "/v1/datasets/{set}/{split}/{index} set=d split=test index=7"),
        (
            .get, ["v1", "datasets", "d", "test", ".png"],
            "/v1/datasets/{set}/{split}/{index} set=d split=test index=.png"
        ),
        (.get, ["assets", "js", "map.js"], "/assets/{path...} path=js/map.js"),
        (.get, ["assets"], "404"),
        (.get, ["nothing"], "404"),
    ])
    func finds(method: HTTPRequest.Method, segments: [String], expected: String) {
        #expect(describe(method, segments) == expected)
    }

    @Test(arguments: [
        ("/a/b", ["a", "b"]), ("/", [""]), ("/a%2Fb/c", ["a/b", "c"]), ("/%C3%A9", ["é"]), ("/a+b", ["a+b"]),
        ("/..//", ["..", "", ""]), ("/%zz", nil), ("/%2", nil), ("/%00", nil), ("/%FF", nil), ("/%", nil),
    ])
    func `Paths are decoded segment by segment (RFC 3986 §2.1)`(target: String, expected: [String]?) {
        guard case .request(let head, _) = parse("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n").first else {
            Issue.record("not parsed")
            return
        }
        #expect((try? head.target.pathSegments()) == expected)
    }

    @Test func `Queries keep order and repeats, and are decoded`() throws {
        guard case .request(let head, _) = parse("GET /?b=1&a=x+y%26&b=2&c&&d=e=f HTTP/1.1\r\nHost: a\r\n\r\n").first
        else {
            Issue.record("not parsed")
            return
        }
        let query = Query(try head.target.queryItems())
        #expect(query.items.map(\.name) == ["b", "a", "b", "c", "d"])
        #expect(query.values(of: "b") == ["1", "2"])
        #expect(query["a"] == "x y&")
        #expect(query["c"] == "")
        #expect(query["d"] == "e=f")
        #expect(query["z"] == nil)
    }
}
