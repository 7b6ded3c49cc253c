import Foundation
import HTTP
import HTTPTypes
import Images
import Testing

@testable import Serving

@Suite struct OIPRepositoryTests {
    private let daemon: TestDaemon
    private let latents = InferCall(#"{"inputs":[{"name":"latent","shape":[1,2],"datatype":"FP32","data":[1,2]}]}"#)

    init() throws { daemon = try TestDaemon() }

    private func post(_ target: String, _ body: String = "") -> Response {
        daemon.send(.post, "/v2/repository/\(target)", body: Array(body.utf8))
    }

    /// State and reason by name.
    private func index(_ body: String = "") throws -> [String: [String]] {
        guard case .array(let models) = try JSONParser.parse(post("index", body).body).root else { return [:] }
        let rows = models.compactMap { node -> (String, [String])? in
            guard case .object(let object) = node, case .string(let name)? = object["name"] else { return nil }
            let values = ["version", "state", "reason"].map { key in
                if case .string(let text)? = object[key] { text } else { "none" }
            }
            return (name, values)
        }
        return Dictionary(rows) { first, _ in first }
    }

    @Test func theIndex() throws {
        let models = try index()
        #expect(models.count == 12)
        #expect(models["tiny"] == ["1", "READY", ""])
        #expect(models["colour.encode"] == ["3", "READY", ""])
        #expect(models["broken.decode"]?[1] == "UNAVAILABLE")
        #expect(models["broken"]?[2].isEmpty == false)
        for body in ["{}", #"{"ready":false}"#, #"{"ready":null,"more":1}"#] { #expect(try index(body) == models) }
        #expect(Set(try index(#"{"ready":true}"#).keys.map { $0.prefix { $0 != "." } }) == ["tiny", "colour"])
        #expect(daemon.get("/v2/repository/index").body == post("index").body)
        #expect(post("index", "{").oipError?.contains("not valid JSON") == true)
        #expect(post("index", "[]").oipError?.contains("expected an object") == true)
    }

    @Test(arguments: ["tiny", "tiny.decode"])
    func outAndInAgain(name: String) throws {
        let before = latents.send(to: daemon, model: "tiny.decode")
        #expect(before.status == .ok)
        for _ in 0..<2 {
            let response = post("models/\(name)/unload", #"{"parameters":{"unload_dependents":true}}"#)
            #expect(response.status == .ok)
            #expect(try index()["tiny"] == ["1", "UNAVAILABLE", "It was unloaded."])
            let refused = latents.send(to: daemon, model: "tiny.decode")
            #expect(refused.status == .serviceUnavailable)
            #expect(refused.oipError == "Model 'tiny' is not loaded.")
            #expect(daemon.get("/v2/models/tiny/ready").status == .serviceUnavailable)
            #expect(daemon.post("/v1/models/tiny/decode", #"{"latents":[[1,2]]}"#).failure.code == "model_unloaded")
            #expect(String(decoding: daemon.get("/v1/models").body, as: UTF8.self).contains(#""state":"unloaded""#))
        }
        #expect(try index()["colour"]?[1] == "READY")
        #expect(post("models/\(name)/load", "{}").status == .ok)
        #expect(try index()["tiny"] == ["1", "READY", ""])
        #expect(latents.send(to: daemon, model: "tiny.decode").body == before.body)
    }

    @Test func whatIsInUseIsUnloading() throws {
        var model = daemon.repository.model(named: "tiny")
        #expect(post("models/tiny/unload").status == .ok)
        #expect(try index()["tiny"]?[1] == "UNLOADING")
        #expect(post("models/tiny/unload").status == .ok)
        #expect(try index()["tiny"]?[1] == "UNLOADING")
        #expect(model?.name == "tiny")
        model = nil
        #expect(try index()["tiny"]?[1] == "UNAVAILABLE")
    }

    @Test func aFailedLoadLeavesTheOldOne() throws {
        let version = daemon.folder.appendingPathComponent("models/tiny/2")
        try FileManager.default.createDirectory(at: version, withIntermediateDirectories: true)
        try Data("{".utf8).write(to: version.appendingPathComponent("config.json"))
        for _ in 0..<2 {
            let response = post("models/tiny/load")
            #expect(response.status == .badRequest)
            #expect(response.oipError?.hasPrefix("Version 2 of 'tiny' cannot be loaded. ") == true)
            #expect(response.oipError?.contains(daemon.folder.path) == false)
            #expect(try index()["tiny"]?[1] == "READY")
            #expect(try index()["tiny"]?[2].hasPrefix("Version 2 cannot be loaded. ") == true)
            #expect(latents.send(to: daemon, model: "tiny.decode/versions/1").status == .ok)
        }
        // Repaired, it is taken up.
        try FileManager.default.removeItem(at: version)
        try FileManager.default.copyItem(
            at: daemon.folder.appendingPathComponent("models/tiny/1"), to: version)
        #expect(post("models/tiny/load").status == .ok)
        #expect(try index()["tiny"] == ["2", "READY", ""])
        #expect(latents.send(to: daemon, model: "tiny.decode/versions/1").status == .notFound)
        #expect(latents.send(to: daemon, model: "tiny.decode/versions/2").status == .ok)
    }

    @Test func aModelThatHasComeToTheDisk() throws {
        let models = daemon.folder.appendingPathComponent("models")
        #expect(post("models/fresh.decode/load").status == .notFound)
        try FileManager.default.copyItem(
            at: models.appendingPathComponent("tiny"), to: models.appendingPathComponent("fresh"))
        #expect(post("models/fresh.decode/load").status == .ok)
        #expect(try index()["fresh"] == ["1", "READY", ""])
    }

    @Test(arguments: [
        ("models/absent/load", "", 404, "There is no model 'absent'"),
        ("models/absent.encode/load", "", 404, "There is no model 'absent.encode'"),
        ("models/absent/unload", "", 404, "There is no model 'absent'"), ("models/../load", "", 400, "cannot name"),
        ("models/..%2Ftiny/load", "", 400, "cannot name"), ("models/\u{202E}/unload", "", 400, "cannot name"),
        ("models/tiny/load", #"{"parameters":{"file:1/model.safetensors":"AAAA"}}"#, 400, "'file:1/model.safetensors'"),
        ("models/tiny/load", #"{"parameters":{"config":"{}"}}"#, 400, "'config' is not taken"),
        ("models/tiny/load", #"{"parameters":7}"#, 400, "expected an object"),
        ("models/tiny/load", "{", 400, "not valid JSON"), ("models/tiny/unload", "7", 400, "expected an object"),
        ("models/broken/load", "", 400, "Version 1 of 'broken' cannot be loaded."),
    ])
    func whatIsRefused(target: String, body: String, status: Int, words: String) throws {
        let response = post(target, body)
        #expect(Int(response.status.code) == status)
        #expect(response.oipError?.contains(words) == true, "\(String(decoding: response.body, as: UTF8.self))")
        #expect(try index()["tiny"]?[1] == "READY")
    }

    @Test func whoMay() {
        for endpoint in RouteTable.endpoints where endpoint.pattern.hasPrefix("/v2") {
            let isControl = endpoint.pattern.hasPrefix("/v2/repository/models/")
            let isHealth = endpoint.pattern.hasPrefix("/v2/health/")
            #expect(endpoint.access == (isControl ? .admin : isHealth ? .open : .infer), "\(endpoint.pattern)")
        }
    }

    /// Only infer's answers may be compressed: a client that always offers to take gzip does not undo it elsewhere.
    @Test func onlyInferIsCompressed() throws {
        var fields = HTTPFields()
        fields[.acceptEncoding] = "gzip, deflate, br"
        for name in ["a", "b", "c", "d", "e"] {
            let models = daemon.folder.appendingPathComponent("models")
            try FileManager.default.copyItem(
                at: models.appendingPathComponent("tiny"), to: models.appendingPathComponent(name))
        }
        daemon.repository.scan()
        let daemon = try ServingApplication(
            repository: daemon.repository, datasets: daemon.datasets, uploads: daemon.uploads, jobs: daemon.jobs,
            run: daemon.run, publicDirectory: nil,
            compression: .on)
        func answer(_ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields, _ body: String = "")
            -> Response?
        {
            let path = path.dropFirst().split(separator: "/").map(String.init)
            guard case .route(let route, let parameters) = daemon.router.match(method, path: path) else { return nil }
            return route.handler(
                Request(method: method, path: path, pathParameters: parameters, fields: fields, body: Array(body.utf8)))
        }
        for path in ["/v2/models/stats", "/v2/repository/index"] {
            let response = answer(.get, path, fields)
            #expect(response?.fields[.contentEncoding] == nil)
            #expect((response?.body.count ?? 0) > Compression.threshold)
        }
        let zeros = [Float](repeating: 0, count: 200)
        let body = #"{"inputs":[{"name":"latent","shape":[100,2],"datatype":"FP32","data":\#(zeros)}]}"#
        let plain = answer(.post, "/v2/models/tiny.decode/infer", HTTPFields(), body)
        for (accepted, coding) in [
            ("gzip, deflate, br", "gzip"), ("deflate", "deflate"), ("gzip;q=0.5, deflate", "deflate"),
            ("gzip;q=0, *", "deflate"), ("br", nil), ("identity, gzip;q=0.5", nil),
        ] {
            fields[.acceptEncoding] = accepted
            let response = answer(.post, "/v2/models/tiny.decode/infer", fields, body)
            #expect(response?.fields[.contentEncoding] == coding, "\(accepted)")
            #expect(response?.fields[.vary] == "Accept-Encoding")
            guard let coding, let body = response?.body else { continue }
            let inflated = try Gzip.inflate(
                body, limits: GzipLimits(bytes: 1 << 20), format: coding == "gzip" ? .gzip : .zlib)
            #expect(inflated == plain?.body)
        }
    }
}
