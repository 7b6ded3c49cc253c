import HTTP
import HTTPTypes
import Testing

@testable import Serving

/// Requests that are answered by one call: each as if it were alone, and none pays for another's fault.
@Suite struct GroupTests {
    private let daemon: TestDaemon

    init() throws { daemon = try TestDaemon() }

    private static let decodes: [[UInt8]] = [
        #"{"latents": [[0.5, -1]]}"#, #"{"latents": [[0.5]]}"#, #"{"latent": [1, 2]}"#, #"{"latents": "#,
        #"{"latents": [[0, 0], [1, 1], [2, 2]]}"#, #"{"latents": []}"#, #"{"latents": [[1e30, 1e30]]}"#,
        #"{"latents": [[0.1, 0.2], [0.1, 0.2]], "other": 1}"#,
        "{\"latents\": [" + Array(repeating: "[0.25, 0.5]", count: 40).joined(separator: ",") + "]}",
        #"{"latents": [[0.5, -1]]}"#,
    ].map { Array($0.utf8) }

    private func requests(_ route: Route, _ bodies: [[UInt8]], model: String, query: Query = Query()) -> [Request] {
        bodies.map {
            Request(
                method: .post, path: route.pattern.split(separator: "/").map(String.init), query: query,
                pathParameters: ["model": model], fields: [.contentType: "application/json"], body: $0, id: "r1")
        }
    }

    private func route(_ operation: String) throws -> Route {
        try #require(daemon.router.routes.first { $0.pattern == "/v1/models/{model}/\(operation)" })
    }

    @Test(arguments: ["tiny", "broken", "absent"]) func decodesAreAnsweredAsIfAlone(model: String) throws {
        let route = try route("decode")
        let requests = requests(route, Self.decodes, model: model)
        let together = try route.answers(requests)
        let alone = requests.map(route.handler)
        #expect(together == alone)
        let right = together.indices.filter { together[$0].status == .ok }
        #expect(right == (model == "tiny" ? [0, 2, 4, 6, 8, 9] : []))
    }

    @Test func encodesAreAnsweredAsIfAlone() throws {
        let route = try route("encode")
        let image = "[" + Array(repeating: "[0, 0.25, 0.5, 1]", count: 4).joined(separator: ",") + "]"
        let bodies = [
            "{\"images\": [\(image)]}", "{\"image\": \(image)}", "{\"images\": [[[1]]]}",
            "{\"images\": [\(image), \(image)], \"samples\": 2, \"seed\": 7}",
        ].map { Array($0.utf8) }
        let requests = requests(route, bodies, model: "tiny")
        let together = try route.answers(requests)
        #expect(together == requests.map(route.handler))
        #expect(together.map(\.status.code) == [200, 200, 422, 200])
    }

    @Test func noRequestIsNoAnswer() throws {
        #expect(try route("decode").answers([]).isEmpty)
    }

    /// Who is first waits for one batch at most, and a batch has a bound: those behind are answered after it.
    @Test func eachBatchIsAnsweredAsSoonAsItIsComputed() throws {
        let route = try route("decode")
        let rows = [16, 64, 1, 16, 16, 16, 1, 64]
        let bodies = rows.map { count in
            Array("{\"latents\": [\(Array(repeating: "[0.25, 0.5]", count: count).joined(separator: ","))]}".utf8)
        }
        var told: [[Int]] = []
        let answer = try #require(route.together)
        answer(requests(route, bodies, model: "tiny")) { answers in
            #expect(answers.allSatisfy { $0.response.status == .ok })
            told.append(answers.map(\.place))
        }
        #expect(told == [[0, 2, 6], [1], [3, 4], [5], [7]])
    }
}
