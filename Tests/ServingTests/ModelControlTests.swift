import Foundation
import HTTP
import HTTPTypes
import Testing

@testable import Serving

/// `/v1`'s control over what is served and what is on the disk.
@Suite struct ModelControlTests {
    private let daemon: TestDaemon

    init() throws { daemon = try TestDaemon() }

    private func add(_ version: Int) throws {
        let published = daemon.folder.appendingPathComponent("state/models/tiny")
        try FileManager.default.createDirectory(at: published, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: daemon.folder.appendingPathComponent("models/tiny/1"),
            to: published.appendingPathComponent("\(version)"))
    }

    private func decode() -> Response { daemon.post("/v1/models/tiny/decode", #"{"latents":[[1,2]]}"#) }
    private func version() throws -> JSONNode? { try daemon.get("/v1/models/tiny").object()["version"] }

    @Test func outOfServiceAndBack() throws {
        let unloaded = daemon.send(.post, "/v1/models/tiny/unload")
        #expect(unloaded.status == .ok)
        #expect(try unloaded.object()["state"] == .string("unloaded"))
        #expect(decode().failure.code == "model_unloaded" && decode().status == .serviceUnavailable)
        #expect(daemon.send(.post, "/v1/models/tiny/unload").status == .ok)
        try add(2)
        let loaded = daemon.post("/v1/models/tiny/load", "{}")
        #expect(loaded.status == .ok)
        #expect(try loaded.object()["version"] == .integer(2))
        #expect(loaded.body == daemon.get("/v1/models/tiny").body)
        #expect(decode().status == .ok)
    }

    @Test func aFailedLoadLeavesTheFormerVersionAndSaysWhy() throws {
        try add(2)
        try Data([1]).write(to: daemon.folder.appendingPathComponent("state/models/tiny/2/model.safetensors"))
        let response = daemon.send(.post, "/v1/models/tiny/load")
        #expect(response.status == .unprocessableContent && response.failure.code == "model_not_loaded")
        #expect(response.failure.message.hasPrefix("Version 2 of 'tiny' cannot be loaded. 'model.safetensors':"))
        #expect(decode().status == .ok)
        let model = try daemon.get("/v1/models/tiny").object()
        #expect(model["version"] == .integer(1) && model["state"] == .string("ready"))
        #expect(
            model["reason"] == .string(response.failure.message.replacingOccurrences(of: "2 of 'tiny'", with: "2")))
    }

    @Test func versionsAreRemoved() throws {
        for number in 2...3 { try add(number) }
        daemon.repository.scan()
        #expect(try version() == .integer(3))
        #expect(daemon.send(.delete, "/v1/models/tiny/versions/3").status == .noContent)
        #expect(try version() == .integer(2))
        #expect(daemon.send(.delete, "/v1/models/tiny/versions/3").failure.code == "version_not_found")
        #expect(decode().status == .ok)
        let refused = daemon.send(.delete, "/v1/models/tiny/versions/1")
        #expect(refused.status == .conflict && refused.failure.code == "version_read_only")
        #expect(refused.failure.parameter == "version")
    }

    @Test func backAndForward() throws {
        let alone = daemon.send(.post, "/v1/models/tiny/rollback")
        #expect(alone.status == .conflict && alone.failure.code == "no_previous_version")
        for number in 2...3 { try add(number) }
        daemon.repository.scan()
        let back = daemon.send(.post, "/v1/models/tiny/rollback")
        #expect(back.status == .ok && back.body == daemon.get("/v1/models/tiny").body)
        #expect(try back.object()["version"] == .integer(2))
        #expect(daemon.post("/v1/models/tiny/rollback", #"{"version":3}"#).status == .ok)
        #expect(try version() == .integer(3))
        #expect(daemon.post("/v1/models/tiny/rollback", #"{"version":null}"#).status == .ok)
        #expect(try version() == .integer(2))
        #expect(decode().status == .ok)
    }

    @Test(arguments: [
        ("POST", "absent/rollback", "", 404, "model_not_found"),
        ("POST", "tiny/rollback", #"{"version":7}"#, 404, "version_not_found"),
        ("POST", "tiny/rollback", #"{"version":0}"#, 422, "value_out_of_range"),
        ("POST", "tiny/rollback", #"{"version":"1"}"#, 422, "wrong_type"),
        ("POST", "tiny/rollback", #"{"to":1}"#, 422, "unknown_field"),
        ("POST", "tiny/rollback", "[", 400, "malformed_json"), ("POST", "absent/load", "", 404, "model_not_found"),
        ("POST", "absent/unload", "", 404, "model_not_found"),
        ("POST", "broken/load", "", 422, "model_not_loaded"), ("POST", "..%2ftiny/load", "", 404, "model_not_found"),
        ("POST", "tiny/load", #"{"version":1}"#, 422, "unknown_field"),
        ("POST", "tiny/load", "{", 400, "malformed_json"),
        ("POST", "tiny/unload", "7", 422, "wrong_type"), ("DELETE", "absent/versions/1", "", 404, "model_not_found"),
        ("DELETE", "tiny/versions/9", "", 404, "version_not_found"),
        ("DELETE", "tiny/versions/01", "", 404, "version_not_found"),
        ("DELETE", "tiny/versions/-1", "", 404, "version_not_found"),
        ("DELETE", "tiny/versions/99999999999999999999", "", 404, "version_not_found"),
        ("DELETE", "tiny/versions/..%2f1", "", 404, "version_not_found"),
    ])
    func whatIsRefused(method: String, target: String, body: String, status: Int, code: String) throws {
        let response =
            method == "POST"
            ? daemon.post("/v1/models/\(target)", body) : daemon.send(.delete, "/v1/models/\(target)")
        #expect(Int(response.status.code) == status && response.failure.code == code, "\(response.failure)")
        #expect(decode().status == .ok)
    }

    @Test func whoMay() {
        let patterns = [
            "/v1/models/{model}/load", "/v1/models/{model}/unload", "/v1/models/{model}/rollback",
            "/v1/models/{model}/versions/{version}",
        ]
        let routes = RouteTable.endpoints.filter { patterns.contains($0.pattern) }
        #expect(routes.count == 4 && routes.allSatisfy { $0.access == .admin })
    }
}
