import HTTP
import HTTPTypes
import Testing

@testable import Serving

@Suite struct QueryTests {
    private let daemon: TestDaemon

    init() throws { daemon = try TestDaemon() }

    /// Every route of the API, whatever it does, refuses a query that it does not know, before anything else.
    @Test(arguments: RouteTable.endpoints.map { "\($0.method.rawValue) \($0.pattern)" })
    func unknownNamesAreRefused(route: String) throws {
        let parts = route.split(separator: " ").map(String.init)
        let method = try #require(HTTPRequest.Method(rawValue: parts[0]))
        let target = parts[1].replacing(/\{[a-z]+\}/) { _ in "x" } + "?colums=3"
        let response = daemon.send(method, target)
        guard target.hasPrefix("/v1/") else {
            #expect(response.status.code != 422)
            return
        }
        #expect(response.status.code == 422 && response.failure.code == "unknown_parameter", "\(response.failure)")
        #expect(response.failure.parameter == "colums")
    }

    @Test func aNameIsThereOnce() {
        let response = daemon.get("/v1/models/tiny/manifold.png?columns=2&columns=3")
        #expect(response.failure.code == "repeated_parameter" && response.failure.parameter == "columns")
        let known = daemon.get("/v1/models/tiny/map?epochs=1").failure
        #expect(known.message == "The query's 'epochs' is not known here; known are format, epoch, axes, values.")
        #expect(daemon.get("/v1/models?x").failure.message == "The query's 'x' is not known here; none is.")
        #expect(daemon.get("/v1/models/tiny/map?format=json&epoch=2").status == .ok)
    }

    @Test func picturesInPointsAreResizedWhereAsked() {
        // One white pixel.
        let pixel =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="
        let body = "{\"point\":{\"image\":{\"png\":\"\(pixel)\"}}}"
        let refused = daemon.post("/v1/models/tiny/nearest", body)
        #expect(refused.failure.code == "image_shape_mismatch")
        let resized = daemon.post("/v1/models/tiny/nearest?resize=true", body)
        #expect(resized.status == .ok, "\(resized.failure)")
    }
}
