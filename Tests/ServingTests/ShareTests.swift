import Foundation
import HTTP
import HTTPTypes
import Testing

@testable import Serving

/// What requests compete for: a model is one thing, however it is asked for.
@Suite struct ShareTests {
    private let daemon: TestDaemon

    init() throws { daemon = try TestDaemon() }

    private func share(_ method: HTTPRequest.Method, _ path: String) -> String? {
        let path = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard case .route(let route, let parameters) = daemon.router.match(method, path: path) else {
            return "no route"
        }
        return route.share?(parameters)
    }

    @Test func aModelIsOneThing() {
        for path in ["/v1/models/tiny/decode", "/v1/models/tiny/encode", "/v1/models/tiny/reconstruct"] {
            #expect(share(.post, path) == "tiny")
        }
        for name in ["tiny", "tiny.encode", "tiny.decode", "tiny.reconstruct"] {
            #expect(share(.post, "/v2/models/\(name)/infer") == "tiny")
            #expect(share(.post, "/v2/models/\(name)/versions/1/infer") == "tiny")
        }
        #expect(share(.get, "/v1/models/tiny/manifold.png") == "tiny")
        #expect(share(.post, "/v2/models/colour.decode/infer") == "colour")
    }

    @Test func aModelThatIsCalledLikeAVerbIsItself() throws {
        let models = daemon.folder.appendingPathComponent("models")
        try FileManager.default.copyItem(
            at: models.appendingPathComponent("tiny"), to: models.appendingPathComponent("other.decode"))
        daemon.repository.scan()
        #expect(share(.post, "/v2/models/other.decode/infer") == "other.decode")
        #expect(share(.post, "/v2/models/other.decode.encode/infer") == "other.decode")
    }

    @Test func whatIsNoModelHasANameToo() {
        #expect(share(.post, "/v1/models/absent/decode") == "absent")
        #expect(share(.post, "/v2/models/absent.decode/infer") == "absent.decode")
        #expect(share(.post, "/v2/models/../infer") == "..")
    }

    /// A model is unloaded when it is busiest.
    @Test func controlCompetesForNothing() {
        for path in ["/v1/models/tiny/unload", "/v2/repository/models/tiny/unload", "/v1/models/tiny/load"] {
            #expect(share(.post, path) == nil)
        }
        #expect(share(.delete, "/v1/models/tiny/versions/1") == nil)
        #expect(share(.get, "/v1/models") == nil && share(.get, "/metrics") == nil)
    }
}
