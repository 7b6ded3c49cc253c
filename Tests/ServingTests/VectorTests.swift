import Checkpoints
import Foundation
import HTTP
import HTTPTypes
import Testing

@testable import Serving

@Suite struct VectorTests {
    private let daemon: TestDaemon
    private static let root = "/v1/models/tiny/vectors"

    init() throws { daemon = try TestDaemon() }

    @Test func numbersAreKeptAndGivenBack() throws {
        let created = daemon.put("\(Self.root)/smile", #"{"latent":[1,-0.5]}"#)
        #expect(created.status == .created)
        #expect(created.fields[.location] == "\(Self.root)/smile")
        let object = try created.object()
        #expect(object["name"] == .string("smile") && object["model"] == .string("tiny"))
        #expect(object["version"] == .integer(1))
        #expect(try created.floats("latent").values == [1, -0.5])
        #expect(daemon.get("\(Self.root)/smile").body == created.body)

        #expect(daemon.put("\(Self.root)/smile", #"{"latent":[2,2]}"#).status == .ok)
        #expect(try daemon.get("\(Self.root)/smile").floats("latent").values == [2, 2])
        #expect(daemon.put("\(Self.root)/a.b_c-9", #"{"latent":[0,0]}"#).status == .created)
        guard case .array(let all)? = try daemon.get(Self.root).object()["data"] else {
            Issue.record("no list")
            return
        }
        let names = all.compactMap { node -> JSONNode? in
            if case .object(let object) = node { object["name"] } else { nil }
        }
        #expect(names == [.string("a.b_c-9"), .string("smile")])

        // A new store sees what is on the disk.
        let later = NamedVectorStore(folder: daemon.folder.appendingPathComponent("state/vectors").path)
        let model = try #require(daemon.repository.model(named: "tiny"))
        #expect(try later.vectors(of: model).map(\.values) == [[0, 0], [2, 2]])
        #expect(
            !FileManager.default.fileExists(
                atPath: daemon.folder.appendingPathComponent("models/tiny/1/vectors.safetensors").path))

        #expect(daemon.send(.delete, "\(Self.root)/smile").status == .noContent)
        #expect(daemon.send(.delete, "\(Self.root)/smile").failure.code == "vector_not_found")
        #expect(daemon.get("\(Self.root)/smile").status == .notFound)
    }

    @Test func twoSetsOfPointsGiveTheirDifference() throws {
        let made = daemon.put(
            "\(Self.root)/d",
            #"{"from":[{"latent":[0,0]},{"latent":[2,2]}],"to":[{"latent":[5,1]}]}"#)
        #expect(try made.floats("latent").values == [4, 0])
        guard case .object(let origin)? = try made.object()["origin"] else {
            Issue.record("no origin")
            return
        }
        #expect(origin["kind"] == .string("difference") && origin["from"] == .integer(2))
        let chained = daemon.put("\(Self.root)/e", #"{"from":[{"vector":"d"}],"to":[{"latent":[5,1]}]}"#)
        #expect(try chained.floats("latent").values == [1, 1])
    }

    /// The dataset's five images have the labels 0 to 4, so all others count the same.
    @Test func aLabelGivesItsMeanMinusTheOthers() throws {
        let made = daemon.put("\(Self.root)/three", #"{"dataset":"squares","split":"test","label":3}"#)
        #expect(made.status == .created)
        let body = (0..<5).map { "{\"sample\":{\"dataset\":\"squares\",\"index\":\($0)}}" }
        let means = try body.map { try daemon.post("/v1/models/tiny/encode", $0).floats("mean").values }
        let vector = try made.floats("latent").values
        for j in 0..<2 {
            let others = [0, 1, 2, 4].reduce(Float(0)) { $0 + means[$1][j] / 4 }
            #expect(abs(vector[j] - (means[3][j] - others)) < 1e-5)
        }
        guard case .object(let origin)? = try made.object()["origin"] else {
            Issue.record("no origin")
            return
        }
        #expect(origin["with"] == .integer(1) && origin["without"] == .integer(4))
    }

    @Test func aNameIsAPointEverywhere() throws {
        #expect(daemon.put("\(Self.root)/v", #"{"latent":[1,2]}"#).status == .created)
        let decoded = daemon.post("/v1/models/tiny/decode", #"{"vector":"v"}"#)
        #expect(decoded.status == .ok)
        #expect(decoded.body == daemon.post("/v1/models/tiny/decode", #"{"latent":[1,2]}"#).body)
        let sum = daemon.post(
            "/v1/models/tiny/arithmetic",
            #"{"terms":[{"point":{"latent":[1,1]}},{"weight":2,"point":{"vector":"v"}}]}"#)
        #expect(try sum.floats("latent").values == [3, 5])
        let path = daemon.post(
            "/v1/models/tiny/interpolate", #"{"from":{"vector":"v"},"to":{"latent":[3,4]},"steps":2}"#)
        #expect(try path.floats("latents").values == [1, 2, 3, 4])
        let traversal = daemon.post(
            "/v1/models/tiny/traverse", #"{"point":{"latent":[1,1]},"vector":"v","from":-1,"to":1,"steps":3}"#)
        #expect(try traversal.floats("latents").values == [0, -1, 1, 1, 2, 3])
        let nearest = daemon.post("/v1/models/tiny/nearest", #"{"point":{"vector":"v"}}"#)
        #expect(try nearest.floats("latent").values == [1, 2])
    }

    static let refused: [(target: String, body: String, status: Int, code: String, parameter: String?)] = [
        ("PUT a", "{}", 422, "missing_field", "latent"),
        ("PUT a", #"{"latent":[1]}"#, 422, "latent_dimension_mismatch", "latent"),
        ("PUT a", #"{"latent":[1,2],"scale":2}"#, 422, "unknown_field", "scale"),
        ("PUT a", #"{"latent":[1,2],"label":2}"#, 422, "conflicting_fields", "label"),
        ("PUT a", #"{"from":[{"latent":[1,2]}]}"#, 422, "missing_field", "to"),
        ("PUT a", #"{"from":[{"latent":[1,2]}],"to":[]}"#, 422, "value_out_of_range", "to"),
        (
            "PUT a", #"{"from":[{"latent":[1,2]}],"to":[{"latent":[1]}]}"#, 422, "latent_dimension_mismatch",
            "to[0].latent"
        ),
        ("PUT a", #"{"from":[{"latent":[-3e38,0]}],"to":[{"latent":[3e38,0]}]}"#, 422, "non_finite_result", "latent"),
        ("PUT a", #"{"from":[{"vector":"none"}],"to":[{"latent":[1,1]}]}"#, 422, "vector_not_found", "from[0].vector"),
        ("PUT a", #"{"dataset":"squares"}"#, 422, "missing_field", "label"),
        ("PUT a", #"{"label":1}"#, 422, "missing_field", "dataset"),
        ("PUT a", #"{"dataset":"none","label":1}"#, 422, "dataset_not_found", "dataset"),
        ("PUT a", #"{"dataset":"../data/squares","label":1}"#, 422, "dataset_not_found", "dataset"),
        ("PUT a", #"{"dataset":"large","label":1}"#, 422, "image_shape_mismatch", "dataset"),
        ("PUT a", #"{"dataset":"squares","label":9}"#, 422, "value_out_of_range", "label"),
        ("PUT a", #"{"dataset":"squares","label":256}"#, 422, "value_out_of_range", "label"),
        ("PUT a", #"{"dataset":"squares","label":"1"}"#, 422, "wrong_type", "label"),
        ("PUT a", #"{"dataset":"squares","label":1,"split":"all"}"#, 422, "value_out_of_range", "split"),
        ("PUT A", #"{"latent":[1,2]}"#, 422, "unusable_name", "vector"),
        ("PUT ..", #"{"latent":[1,2]}"#, 422, "unusable_name", "vector"),
        ("PUT .hidden", #"{"latent":[1,2]}"#, 422, "unusable_name", "vector"),
        ("PUT __metadata__", #"{"latent":[1,2]}"#, 422, "unusable_name", "vector"),
        ("PUT улыбка", #"{"latent":[1,2]}"#, 422, "unusable_name", "vector"),
        ("PUT \(String(repeating: "a", count: 65))", #"{"latent":[1,2]}"#, 422, "unusable_name", "vector"),
        ("GET none", "", 404, "vector_not_found", "vector"), ("GET ..", "", 404, "vector_not_found", "vector"),
        ("DELETE none", "", 404, "vector_not_found", "vector"),
        ("DELETE улыбка", "", 404, "vector_not_found", "vector"),
    ]

    @Test func whatIsNoVectorSaysWhy() throws {
        for bad in Self.refused {
            let parts = bad.target.split(separator: " ").map(String.init)
            let method = try #require(HTTPRequest.Method(rawValue: parts[0]))
            let response = daemon.send(method, "\(Self.root)/\(parts[1])", body: Array(bad.body.utf8))
            #expect(
                response.status.code == bad.status && response.failure.code == bad.code, "\(bad): \(response.failure)")
            #expect(response.failure.parameter == bad.parameter, "\(bad)")
        }
        #expect(daemon.put("/v1/models/none/vectors/a", #"{"latent":[1,2]}"#).failure.code == "model_not_found")
        #expect(daemon.put("/v1/models/broken/vectors/a", #"{"latent":[1,2]}"#).failure.code == "model_failed")
        #expect(try daemon.vectors.vectors(of: #require(daemon.repository.model(named: "tiny"))).isEmpty)
    }

    /// A vector is looked up with its own model only.
    @Test func aVectorOfAnotherModelIsNone() {
        #expect(daemon.put("\(Self.root)/v", #"{"latent":[1,2]}"#).status == .created)
        let response = daemon.post("/v1/models/colour/decode", #"{"vector":"v"}"#)
        #expect(response.status.code == 422 && response.failure.code == "vector_not_found")
        #expect(response.failure.parameter == "vector")
        let both = daemon.post("/v1/models/tiny/decode", #"{"vector":"v","latent":[1,1]}"#)
        #expect(both.failure.code == "invalid_point")
        #expect(daemon.post("/v1/models/tiny/encode", #"{"vector":"v"}"#).failure.parameter == "vector")
        #expect(daemon.post("/v1/models/tiny/decode", #"{"vector":7}"#).failure.code == "wrong_type")
        let three = daemon.post("/v1/models/tiny/traverse", #"{"vector":"v","direction":[1,1]}"#)
        #expect(three.failure.code == "conflicting_fields")
    }

    @Test func oneOfTwoDeletesAtOnceFindsIt() {
        #expect(daemon.put("\(Self.root)/v", #"{"latent":[1,2]}"#).status == .created)
        let statuses = Counted()
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            statuses.add(daemon.send(.delete, "\(Self.root)/v").status.code)
        }
        #expect(statuses.counts == [204: 1, 404: 7])
    }
}

private final class Counted: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var counts: [Int: Int] = [:]
    func add(_ key: Int) { lock.withLock { counts[key, default: 0] += 1 } }
}
