import Checkpoints
import HTTP
import Testing

@testable import Serving

/// Answers that tell where in latent space something lies.
@Suite struct PlaceTests {
    private let daemon: TestDaemon

    init() throws { daemon = try TestDaemon() }

    /// The map's samples are (0, 0), (1, 0), (0, 2) and (3, 3); the medians of their nearest distances are 1 and 2.
    @Test func findsTheNearestSamples() throws {
        let response = daemon.post("/v1/models/tiny/nearest", #"{"point":{"latent":[3,0]},"count":2}"#)
        let object = try response.object()
        guard case .array(let nearest)? = object["nearest"], case .object(let first)? = nearest.first else {
            Issue.record("not as expected: \(response.failure)")
            return
        }
        #expect(nearest.count == 2 && first["index"] == .integer(1) && first["label"] == .integer(1))
        #expect(object["distance"] == .integer(2) && object["norm"] == .integer(3))
        #expect(object["dataset"] == .string("squares") && object["split"] == .string("test"))
        #expect(object["typical_distance"] == .integer(2) && object["relative_distance"] == .integer(1))
        guard case .number(let percentile)? = object["percentile"] else {
            Issue.record("no percentile")
            return
        }
        #expect(abs(percentile - 98.8891) < 1e-3)
        let all = try daemon.post("/v1/models/tiny/nearest", #"{"point":{"latent":[0,0]},"count":100}"#).object()
        guard case .array(let four)? = all["nearest"] else { return }
        #expect(four.count == 4 && all["distance"] == .integer(0))
        let image = daemon.post(
            "/v1/models/tiny/nearest", #"{"point":{"sample":{"dataset":"squares","index":1}}}"#)
        #expect(image.status == .ok)
    }

    @Test func sumsPathsAndSamplesTellWhereTheyLie() throws {
        let sum = try daemon.post("/v1/models/tiny/arithmetic", #"{"terms":[{"point":{"latent":[3,0]}}]}"#).object()
        #expect(sum["distance"] == .integer(2) && sum["relative_distance"] == .integer(1))
        let none = try daemon.post(
            "/v1/models/tiny/arithmetic", #"{"terms":[{"point":{"latent":[3,0]}}],"nearest":0}"#
        ).object()
        #expect(none["nearest"] == nil && none["distance"] == nil && none["norm"] == .integer(3))

        let path = daemon.post(
            "/v1/models/tiny/traverse", #"{"from":0,"to":3,"steps":4,"distances":true}"#)
        #expect(try path.floats("norm").values == [0, 1, 2, 3])
        #expect(try path.floats("distance").values == [0, 0, 1, 2])
        #expect(try path.floats("relative_distance").values == [0, 0, 0.5, 1])
        let percentiles = try path.floats("percentile").values
        #expect(percentiles.count == 4 && percentiles[0] == 0 && abs(percentiles[3] - 98.8891) < 1e-3)
        let plain = daemon.post("/v1/models/tiny/sample", #"{"count":3,"seed":5}"#)
        #expect(try plain.object()["distance"] == nil)
        #expect(try plain.floats("percentile").values.count == 3)
        let far = daemon.post("/v1/models/tiny/sample", #"{"count":3,"seed":5,"temperature":2,"distances":true}"#)
        #expect(try far.floats("distance").values.count == 3)
        let line = daemon.post(
            "/v1/models/tiny/interpolate",
            #"{"from":{"latent":[0,0]},"to":{"latent":[3,3]},"steps":3,"distances":true}"#)
        #expect(try line.floats("distance").values.count == 3)
    }

    @Test(arguments: [
        ("nearest", "{}", "missing_field", "point"),
        ("nearest", #"{"point":{"latent":[1]}}"#, "latent_dimension_mismatch", "point.latent"),
        ("nearest", #"{"point":[1,2]}"#, "wrong_type", "point"),
        ("nearest", #"{"point":{"latent":[1,1]},"count":0}"#, "value_out_of_range", "count"),
        ("nearest", #"{"point":{"latent":[1,1]},"count":101}"#, "value_out_of_range", "count"),
        ("nearest", #"{"point":{"latent":[1,1]},"k":3}"#, "unknown_field", "k"),
        ("arithmetic", #"{"terms":[{"point":{"latent":[1,1]}}],"nearest":101}"#, "value_out_of_range", "nearest"),
        ("sample", #"{"distances":1}"#, "wrong_type", "distances"),
        ("traverse", #"{"steps":0}"#, "value_out_of_range", "steps"),
        ("traverse", #"{"steps":10001}"#, "value_out_of_range", "steps"),
        ("traverse", #"{"spacing":"quantiles","to":9}"#, "value_out_of_range", "to"),
        ("traverse", #"{"vector":"none"}"#, "vector_not_found", "vector"),
        ("interpolate", #"{"from":{"latent":[0,0]},"to":{"latent":[1,1]},"steps":0}"#, "value_out_of_range", "steps"),
        (
            "interpolate", #"{"from":{"latent":[0,0]},"to":{"latent":[1,1]},"steps":1000000}"#, "value_out_of_range",
            "steps"
        ),
    ])
    func namesWhatIsWrong(operation: String, body: String, code: String, parameter: String) {
        let response = daemon.post("/v1/models/tiny/\(operation)", body)
        #expect(response.status.code == 422 && response.failure.code == code, "\(response.failure)")
        #expect(response.failure.parameter == parameter)
    }

    /// Large, small and negative zeros are numbers like all others.
    @Test(arguments: ["1e30", "-1e30", "1e-42", "-0.0"]) func extremesAreAnswered(number: String) throws {
        let decoded = daemon.post("/v1/models/tiny/decode", "{\"latents\":[[\(number),0]]}")
        #expect(decoded.status == .ok, "\(decoded.failure)")
        #expect(try decoded.floats("images").values.allSatisfy { $0.isFinite })
        let sum = daemon.post("/v1/models/tiny/arithmetic", "{\"terms\":[{\"point\":{\"latent\":[\(number),0]}}]}")
        #expect(sum.status == .ok, "\(sum.failure)")
    }

    @Test func aDamagedMapTakesOnlyItselfAway() throws {
        let daemon = try TestDaemon(damage: ["tiny/1/map.safetensors": [1, 2, 3]])
        for _ in 0..<2 {
            let map = daemon.get("/v1/models/tiny/map")
            #expect(map.status == .serviceUnavailable && map.failure.code == "map_unreadable")
            #expect(map.failure.message.contains("'map.safetensors'") && !map.failure.message.contains("/tmp"))
        }
        #expect(daemon.post("/v1/models/tiny/nearest", #"{"point":{"latent":[0,0]}}"#).failure.code == "map_unreadable")
        let sum = daemon.post("/v1/models/tiny/arithmetic", #"{"terms":[{"point":{"latent":[3,0]}}]}"#)
        let object = try sum.object()
        #expect(sum.status == .ok && object["norm"] == .integer(3))
        guard case .string(let word)? = object["nearest_unavailable"] else {
            Issue.record("no word about it")
            return
        }
        #expect(word.contains("cannot be read"))
        #expect(daemon.post("/v1/models/tiny/sample", #"{"distances":true}"#).failure.code == "map_unreadable")
        #expect(daemon.post("/v1/models/tiny/sample", "{}").status == .ok)
        #expect(daemon.get("/v1/models/tiny/map?epoch=1").status == .ok)
        #expect(!String(decoding: daemon.get("/v1/models/tiny").body, as: UTF8.self).contains("\"nearest\""))
    }

    @Test func distancesThatTakeTooLongAreRefused() throws {
        let samples = try EncodedSamples(of: try #require(daemon.repository.model(named: "tiny")))
        #expect(throws: Never.self) { try samples.check(10_000) }
        for count in [1 << 26, Int.max] {
            let error = #expect(throws: ServiceError.self) { try samples.check(count) }
            #expect(error?.code == "result_too_large" && error?.parameter == "distances")
        }
    }

    @Test func aMapIsProjectedOnce() throws {
        let model = try #require(daemon.repository.model(named: "colour"))
        let map = try #require(try model.map())
        let first = MapPlanes.plane(of: map, model)
        let second = MapPlanes.plane(of: map, model)
        let isShared = first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { $0.baseAddress == first.baseAddress }
        }
        #expect(isShared && first == PlaneProjection.project(map.latents))
    }
}
