import HTTP
import HTTPTypes
import Testing

@testable import Serving

/// What is told of a model's work, and work that nobody waits for.
@Suite struct CountingTests {
    private let daemon: TestDaemon
    private static let image = "[" + Array(repeating: "[0, 0.25, 0.5, 1]", count: 4).joined(separator: ",") + "]"

    init() throws { daemon = try TestDaemon() }

    private func statistics(_ name: String) -> String {
        String(decoding: daemon.get("/v2/models/\(name)/stats").body, as: UTF8.self)
    }

    /// Whichever protocol asks, the model does the same.
    @Test func callsOfBothProtocolsCount() throws {
        for (verb, body) in [
            ("decode", #"{"latents": [[0.5, -1], [1, 2]]}"#), ("encode", "{\"images\": [\(Self.image)]}"),
            ("reconstruct", "{\"images\": [\(Self.image), \(Self.image), \(Self.image)]}"),
        ] {
            #expect(daemon.post("/v1/models/tiny/\(verb)", body).status == .ok)
            #expect(daemon.post("/v1/models/tiny/\(verb)", "{}").status == .unprocessableContent)
            let rows = ["decode": 2, "encode": 1, "reconstruct": 3][verb] ?? 0
            let text = statistics("tiny.\(verb)")
            #expect(text.contains(#""inference_count":\#(rows),"execution_count":1"#), "\(text)")
            #expect(text.contains(#""fail":{"count":1,"#) && text.contains(#""batch_size":\#(rows),"#), "\(text)")
        }
        let body = #"{"inputs":[{"name":"latent","shape":[1,2],"datatype":"FP32","data":[1,2]}]}"#
        #expect(daemon.post("/v2/models/tiny.decode/infer", body).status == .ok)
        #expect(statistics("tiny.decode").contains(#""inference_count":3,"execution_count":2"#))
        #expect(statistics("colour.decode").contains(#""inference_count":0,"execution_count":0"#))
        let metrics = String(decoding: daemon.get("/metrics").body, as: UTF8.self)
        let labels = #"{model="tiny",version="1",operation="decode""#
        for line in [
            "latentd_inference_requests_total\(labels),outcome=\"success\"} 2",
            "latentd_inference_requests_total\(labels),outcome=\"fail\"} 1",
            "latentd_inference_rows_total\(labels)} 3", "latentd_inference_executions_total\(labels)} 2",
        ] { #expect(metrics.contains(line + "\n"), "\(line)") }
        #expect(metrics.contains("latentd_inference_seconds_total\(labels),part=\"compute_infer\"} "))
        #expect(!metrics.contains(#"model="broken""#))
    }

    /// What decodes latents of its own making is a decode of as many rows; what fails is a failure.
    @Test func pathsSumsSamplesAndManifoldsAreDecodes() throws {
        let calls = [
            ("interpolate", #"{"from": {"latent": [0, 0]}, "to": {"latent": [1, 1]}, "steps": 5}"#, 5),
            ("traverse", #"{"steps": 3}"#, 3), ("sample", #"{"count": 7}"#, 7),
            ("arithmetic", #"{"terms": [{"point": {"latent": [1, 2]}}]}"#, 1),
        ]
        var rows = 0
        for (index, (operation, body, count)) in calls.enumerated() {
            #expect(daemon.post("/v1/models/tiny/\(operation)", body).status == .ok)
            #expect(daemon.post("/v1/models/tiny/\(operation)", #"{"other": 1}"#).status == .unprocessableContent)
            rows += count
            let text = statistics("tiny.decode")
            #expect(text.contains(#""inference_count":\#(rows),"execution_count":\#(index + 1)"#), "\(text)")
            #expect(text.contains(#""fail":{"count":\#(index + 1),"#) && text.contains(#""batch_size":\#(count),"#))
        }
        #expect(daemon.get("/v1/models/tiny/manifold.png?columns=4&rows=3").status == .ok)
        #expect(daemon.post("/v1/models/absent/sample", "{}").status == .notFound)
        #expect(statistics("tiny.decode").contains(#""inference_count":28,"execution_count":5"#))
        #expect(statistics("tiny.encode").contains(#""inference_count":0,"execution_count":0"#))
        let metrics = String(decoding: daemon.get("/metrics").body, as: UTF8.self)
        #expect(
            metrics.contains("latentd_inference_rows_total{model=\"tiny\",version=\"1\",operation=\"decode\"} 28\n"))
    }

    @Test func batchesCountOnce() throws {
        let route = try #require(daemon.router.routes.first { $0.pattern == "/v1/models/{model}/decode" })
        let requests = (1...3).map { rows in
            let latents = Array(repeating: "[1, 2]", count: rows).joined(separator: ",")
            return Request(
                method: .post, path: ["v1", "models", "tiny", "decode"], pathParameters: ["model": "tiny"],
                fields: [.contentType: "application/json"], body: Array("{\"latents\": [\(latents)]}".utf8))
        }
        #expect(try route.answers(requests).allSatisfy { $0.status == .ok })
        let text = statistics("tiny.decode")
        #expect(text.contains(#""inference_count":6,"execution_count":1"#), "\(text)")
        #expect(text.contains(#""success":{"count":3,"#) && text.contains(#""batch_size":6,"#))
    }

    @Test(arguments: ["decode", "encode", "reconstruct"]) func whatNobodyWaitsForIsNotComputed(verb: String) throws {
        let route = try #require(daemon.router.routes.first { $0.pattern == "/v1/models/{model}/\(verb)" })
        let cancellation = Cancellation()
        let body = verb == "decode" ? #"{"latents": [[1, 2]]}"# : "{\"images\": [\(Self.image)]}"
        let request = Request(
            method: .post, path: ["v1", "models", "tiny", verb], pathParameters: ["model": "tiny"],
            fields: [.contentType: "application/json"], body: Array(body.utf8), cancellation: cancellation)
        #expect(route.handler(request).status == .ok)
        cancellation.cancel()
        #expect(route.handler(request).failure.code == "cancelled")
        #expect(statistics("tiny.\(verb)").contains(#""inference_count":1,"execution_count":1"#))
    }

    /// A batch is for all of its requests: it goes on for the one that is still waited for.
    @Test func aBatchEndsWhenNobodyWaitsForAnyOfIt() throws {
        let route = try #require(daemon.router.routes.first { $0.pattern == "/v1/models/{model}/decode" })
        func answers(_ cancellations: [Cancellation]) throws -> [Response] {
            try route.answers(
                cancellations.map {
                    Request(
                        method: .post, path: ["v1", "models", "tiny", "decode"], pathParameters: ["model": "tiny"],
                        fields: [.contentType: "application/json"], body: Array(#"{"latents": [[1, 2]]}"#.utf8),
                        cancellation: $0)
                })
        }
        let (gone, waiting) = (Cancellation(), Cancellation())
        gone.cancel()
        #expect(try answers([gone, waiting, gone]).map(\.status.code) == [200, 200, 200])
        #expect(statistics("tiny.decode").contains(#""inference_count":3,"execution_count":1"#))
        #expect(try answers([gone, gone]).map(\.failure.code) == ["cancelled", "cancelled"])
        #expect(statistics("tiny.decode").contains(#""inference_count":3,"execution_count":1"#))
    }
}
