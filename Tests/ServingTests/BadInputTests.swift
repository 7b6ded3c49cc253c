import HTTP
import HTTPTypes
import Testing

@testable import Serving

/// A request that must be refused: how, and naming what.
struct BadRequest: Sendable, CustomTestStringConvertible {
    let target: String
    let body: String
    let status: Int
    let code: String
    let parameter: String?

    init(_ target: String, _ body: String, _ status: Int, _ code: String, _ parameter: String? = nil) {
        (self.target, self.body, self.status, self.code, self.parameter) = (target, body, status, code, parameter)
    }

    var testDescription: String { "\(target) \(body.prefix(60))" }
}

@Suite struct BadInputTests {
    private static let nesting = String(repeating: "[", count: 10_000_000)
    private static let longRow = "[" + String(repeating: "9", count: 400) + ",0]"
    private static func rows(_ count: Int, _ row: String) -> String {
        "[" + Array(repeating: row, count: count).joined(separator: ",") + "]"
    }
    private static let image = rows(4, "[0,0,0,0]")

    static let decode: [BadRequest] = [
        BadRequest("decode", "", 400, "malformed_json"),
        BadRequest("decode", "{", 400, "malformed_json"),
        BadRequest("decode", "{\"latents\":[[1,2]]", 400, "malformed_json"),
        BadRequest("decode", "{\"latents\":[[1,2],[1,NaN]]}", 400, "malformed_json", "latents[1][1]"),
        BadRequest("decode", "{\"latents\":[[1,1e999]]}", 400, "malformed_json", "latents[0][1]"),
        BadRequest("decode", "{\"latents\":[[0,0],\(longRow)]}", 400, "malformed_json", "latents[1][0]"),
        BadRequest("decode", "{\"latents\":[[1,2]],\"latents\":[[1,2]]}", 400, "malformed_json"),
        BadRequest("decode", "{\"latents\":\(String(repeating: "[", count: 70))", 400, "malformed_json"),
        BadRequest("decode", nesting, 400, "malformed_json"),
        BadRequest("decode", "{\"latents\":[[1,2]]} x", 400, "malformed_json"),
        BadRequest("decode", "[[1,2]]", 422, "wrong_type"),
        BadRequest("decode", "{}", 422, "missing_field", "latents"),
        BadRequest("decode", "{\"latents\":null}", 422, "missing_field", "latents"),
        BadRequest("decode", "{\"latents\":[]}", 422, "value_out_of_range", "latents"),
        BadRequest("decode", "{\"latents\":[1,2]}", 422, "wrong_type", "latents[0]"),
        BadRequest("decode", "{\"latents\":\"x\"}", 422, "wrong_type", "latents"),
        BadRequest("decode", "{\"latents\":{\"a\":1}}", 422, "wrong_type", "latents"),
        BadRequest("decode", "{\"latents\":[[1,2,3]]}", 422, "latent_dimension_mismatch", "latents[0]"),
        BadRequest(
            "decode", "{\"latents\":[[1,2],[1,2],[1,2],[1,2,3,4,5]]}", 422, "latent_dimension_mismatch", "latents[3]"),
        BadRequest("decode", "{\"latents\":[[1,2],[]]}", 422, "latent_dimension_mismatch", "latents[1]"),
        BadRequest("decode", "{\"latents\":[[1,2],[1,null]]}", 422, "wrong_type", "latents[1][1]"),
        BadRequest("decode", "{\"latents\":[[1,2],[\"1\",2]]}", 422, "wrong_type", "latents[1][0]"),
        BadRequest("decode", "{\"latents\":[[1,2],3]}", 422, "wrong_type", "latents[1]"),
        BadRequest("decode", "{\"latents\":[[[1],[2]]]}", 422, "wrong_type", "latents[0][0]"),
        BadRequest("decode", "{\"latents\":\(rows(10_001, "[1,2]"))}", 413, "too_many_rows", "latents"),
        BadRequest("decode", "{\"latents\":[[1,2]],\"extra\":1}", 422, "unknown_field", "extra"),
        BadRequest("decode", "{\"latents\":[[1,2]],\"latent\":[1,2]}", 422, "conflicting_fields", "latent"),
        BadRequest("decode", "{\"latent\":[1]}", 422, "latent_dimension_mismatch", "latent"),
        BadRequest("decode?format=gif", "{\"latent\":[1,1]}", 422, "value_out_of_range", "format"),
        BadRequest("decode?format=png&scale=65", "{\"latent\":[1,1]}", 422, "value_out_of_range", "scale"),
        BadRequest("decode?format=png&columns=x", "{\"latent\":[1,1]}", 422, "wrong_type", "columns"),
    ]

    static let encode: [BadRequest] = [
        BadRequest("encode", "{\"images\":\(rows(10_001, image))}", 413, "too_many_rows", "images"),
        BadRequest("encode", "{\"images\":[]}", 422, "value_out_of_range", "images"),
        BadRequest("encode", "{\"images\":[[1,2]]}", 422, "image_shape_mismatch", "images[0]"),
        BadRequest(
            "encode", "{\"images\":[\(image),[[0,0,0,0],[0,0,0],[0,0,0,0],[0,0,0,0]]]}", 422, "ragged_rows",
            "images[1][1]"),
        BadRequest(
            "encode", "{\"images\":[\(image),\(rows(3, "[0,0,0,0]"))]}", 422, "image_shape_mismatch", "images[1]"),
        BadRequest(
            "encode", "{\"images\":[\(image),[[0,0,0,0],[0,0,\"x\",0],[0,0,0,0],[0,0,0,0]]]}", 422, "wrong_type",
            "images[1][1][2]"),
        BadRequest("encode", "{\"images\":[\(image),null]}", 422, "wrong_type", "images[1]"),
        BadRequest(
            "encode", "{\"images\":[\(image),\(rows(4, "[0,255,0,0]"))]}", 422, "value_out_of_range", "images[1]"),
        BadRequest("encode", "{\"image\":\(rows(4, "[0,-1,0,0]"))}", 422, "value_out_of_range", "image"),
        BadRequest("encode", "{\"image\":{\"png\":\"***\"}}", 422, "invalid_base64", "image.png"),
        BadRequest("encode", "{\"image\":{\"png\":\"AAAA\"}}", 422, "invalid_png", "image.png"),
        BadRequest("encode", "{\"image\":{\"jpg\":\"AAAA\"}}", 422, "unknown_field", "image.jpg"),
        BadRequest("encode", "{\"image\":7}", 422, "wrong_type", "image"),
        BadRequest("encode", "{\"latent\":[1,2]}", 422, "wrong_type", "latent"),
        BadRequest("encode", "{\"image\":\(image),\"samples\":0}", 422, "value_out_of_range", "samples"),
        BadRequest("encode", "{\"image\":\(image),\"samples\":1.5}", 422, "wrong_type", "samples"),
        BadRequest("encode", "{\"image\":\(image),\"seed\":-1}", 422, "value_out_of_range", "seed"),
        BadRequest(
            "encode", "{\"sample\":{\"dataset\":\"none\",\"index\":0}}", 422, "dataset_not_found", "sample.dataset"),
        BadRequest(
            "encode", "{\"sample\":{\"dataset\":\"../data/squares\",\"index\":0}}", 422, "dataset_not_found",
            "sample.dataset"),
        BadRequest(
            "encode", "{\"sample\":{\"dataset\":\"squares\",\"index\":5}}", 422, "sample_not_found", "sample.index"),
        BadRequest(
            "encode", "{\"sample\":{\"dataset\":\"squares\",\"index\":-1}}", 422, "value_out_of_range", "sample.index"),
        BadRequest(
            "encode", "{\"sample\":{\"dataset\":\"squares\",\"split\":\"all\",\"index\":1}}", 422, "value_out_of_range",
            "sample.split"),
        BadRequest("encode", "{\"sample\":{\"dataset\":\"squares\"}}", 422, "missing_field", "sample.index"),
        BadRequest(
            "encode", "{\"sample\":{\"dataset\":\"large\",\"index\":1}}", 422, "image_shape_mismatch", "sample.dataset"),
        BadRequest("reconstruct", "{\"image\":\(image),\"samples\":2}", 422, "unknown_field", "samples"),
        BadRequest("reconstruct", "{\"image\":\(rows(5, "[0,0,0,0]"))}", 422, "image_shape_mismatch", "image"),
    ]

    static let operations: [BadRequest] = [
        BadRequest("interpolate", "{\"from\":{\"latent\":[0,0]}}", 422, "missing_field", "to"),
        BadRequest(
            "interpolate", "{\"from\":{\"latent\":[0,0]},\"to\":{\"latent\":[1]}}", 422, "latent_dimension_mismatch",
            "to.latent"),
        BadRequest("interpolate", "{\"from\":{\"latent\":[0,0]},\"to\":[1,2]}", 422, "wrong_type", "to"),
        BadRequest("interpolate", "{\"from\":{\"latent\":[0,0]},\"to\":{}}", 422, "invalid_point", "to"),
        BadRequest(
            "interpolate", "{\"from\":{\"latent\":[0,0]},\"to\":{\"latent\":[1,1]},\"steps\":1}", 422,
            "value_out_of_range", "steps"),
        BadRequest(
            "interpolate", "{\"from\":{\"latent\":[0,0]},\"to\":{\"latent\":[1,1]},\"steps\":1000000000000}", 422,
            "value_out_of_range", "steps"),
        BadRequest(
            "interpolate", "{\"from\":{\"latent\":[0,0]},\"to\":{\"latent\":[1,1]},\"method\":\"cubic\"}", 422,
            "value_out_of_range", "method"),
        BadRequest(
            "interpolate", "{\"from\":{\"latent\":[1,0]},\"to\":{\"latent\":[-1,0]},\"method\":\"slerp\"}", 422,
            "antiparallel_points", "method"),
        BadRequest("interpolate", "{\"through\":[{\"latent\":[1,0]}]}", 422, "value_out_of_range", "through"),
        BadRequest("interpolate", "{\"through\":[[1,0],[2,0]]}", 422, "wrong_type", "through[0]"),
        BadRequest(
            "interpolate", "{\"through\":[{\"latent\":[1,0]},{\"latent\":[1,0,0]}]}", 422, "latent_dimension_mismatch",
            "through[1].latent"),
        BadRequest("arithmetic", "{}", 422, "missing_field", "terms"),
        BadRequest("arithmetic", "{\"terms\":[]}", 422, "value_out_of_range", "terms"),
        BadRequest("arithmetic", "{\"terms\":[{\"weight\":1}]}", 422, "missing_field", "terms[0].point"),
        BadRequest(
            "arithmetic", "{\"terms\":[{\"weight\":\"1\",\"point\":{\"latent\":[1,1]}}]}", 422, "wrong_type",
            "terms[0].weight"),
        BadRequest(
            "arithmetic", "{\"terms\":[{\"weight\":1e39,\"point\":{\"latent\":[1,1]}}]}", 422, "value_out_of_range",
            "terms[0].weight"),
        BadRequest(
            "arithmetic", "{\"terms\":[{\"weight\":1e38,\"point\":{\"latent\":[1e38,1]}}]}", 422, "non_finite_result",
            "latent"),
        BadRequest(
            "arithmetic", "{\"terms\":[{\"point\":{\"latent\":[1,1],\"image\":[]}}]}", 422, "invalid_point",
            "terms[0].point"),
        BadRequest("sample", "{\"count\":0}", 422, "value_out_of_range", "count"),
        BadRequest("sample", "{\"count\":10001}", 422, "value_out_of_range", "count"),
        BadRequest("sample", "{\"temperature\":-1}", 422, "value_out_of_range", "temperature"),
        BadRequest("sample", "{\"seed\":\"a\"}", 422, "wrong_type", "seed"),
        BadRequest("traverse", "{\"dimension\":2}", 422, "value_out_of_range", "dimension"),
        BadRequest("traverse", "{\"dimension\":0,\"direction\":[1,1]}", 422, "conflicting_fields", "dimension"),
        BadRequest("traverse", "{\"from\":1e9}", 422, "value_out_of_range", "from"),
        BadRequest("traverse", "{\"to\":-1e9,\"direction\":[1,1]}", 422, "value_out_of_range", "to"),
        BadRequest(
            "decode?format=png&scale=64&columns=1", "{\"latents\":\(rows(1000, "[0,0]"))}", 422, "image_too_large"),
    ]

    @Test func namesWhatIsWrongAndGoesOn() throws {
        let daemon = try TestDaemon()
        for bad in Self.decode + Self.encode + Self.operations {
            let response = daemon.post("/v1/models/tiny/\(bad.target)", bad.body)
            let failure = response.failure
            #expect(
                response.status.code == bad.status && failure.code == bad.code, "\(bad.testDescription): \(failure)")
            if let parameter = bad.parameter { #expect(failure.parameter == parameter, "\(bad.testDescription)") }
            #expect(!failure.message.contains("/tmp") && failure.message.hasSuffix("."), "\(failure)")
            let next = daemon.post("/v1/models/tiny/decode", #"{"latent":[0.5,0.5]}"#)
            #expect(next.status == .ok)
        }
    }

    @Test func neverSendsWhatIsNotFinite() throws {
        let daemon = try TestDaemon()
        for format in ["json", "raw", "png"] {
            let response = daemon.post(
                "/v1/models/colour/decode?format=\(format)", #"{"latents":[[1,1,1],[3e38,3e38,-3e38]]}"#)
            #expect(response.status.code == 422 && response.failure.code == "non_finite_result", "\(format)")
            #expect(response.failure.parameter == "images[1]")
        }
    }

    @Test(arguments: [
        ("/v1/models/none", 404, "model_not_found"), ("/v1/models/none/map", 404, "model_not_found"),
        ("/v1/models/broken/map", 503, "model_failed"), ("/v1/models/..%2f..", 404, "model_not_found"),
        ("/v1/models/tiny/map?epoch=x", 422, "wrong_type"), ("/v1/models/tiny/map?epoch=99", 404, "epoch_not_kept"),
        ("/v1/models/tiny/map?axes=0", 422, "wrong_type"), ("/v1/models/tiny/map?axes=0,x", 422, "wrong_type"),
        ("/v1/models/tiny/map?axes=0,2", 422, "value_out_of_range"),
        ("/v1/models/tiny/map?axes=1,1", 422, "value_out_of_range"),
        ("/v1/models/tiny/map?axes=-1,0", 422, "value_out_of_range"),
        ("/v1/models/tiny/map?values=elbo", 422, "value_out_of_range"),
        ("/v1/models/tiny/map?values=kl&epoch=1", 422, "conflicting_fields"),
        ("/v1/models/colour/map?values=kl", 422, "image_shape_mismatch"),
        ("/v1/models/none/weights", 404, "model_not_found"), ("/v1/models/broken/weights", 503, "model_failed"),
        ("/v1/models/tiny/manifold.png?columns=0", 422, "value_out_of_range"),
        ("/v1/models/tiny/manifold.png?columns=1000&rows=1000", 422, "value_out_of_range"),
        ("/v1/models/tiny/manifold.png?columns=99999999999999999999", 422, "wrong_type"),
        ("/v1/models/tiny/manifold.png?x0=nan", 422, "wrong_type"),
        ("/v1/models/tiny/manifold.png?x0=inf", 422, "wrong_type"),
        ("/v1/models/tiny/manifold.png?columns=100&rows=100&scale=64", 422, "result_too_large"),
        ("/v1/models/tiny/manifold.png?horizontal=1&vertical=1", 422, "value_out_of_range"),
        ("/v1/models/tiny/manifold.png?x0=1e7", 422, "value_out_of_range"),
        ("/v1/datasets/none", 404, "dataset_not_found"), ("/v1/datasets/none/test/0.png", 404, "dataset_not_found"),
        ("/v1/datasets/squares/all/0.png", 404, "split_not_found"),
        ("/v1/datasets/squares/test/5.png", 404, "sample_not_found"),
        ("/v1/datasets/squares/test/-1.png", 404, "sample_not_found"),
        ("/v1/jobs/none", 404, "job_not_found"), ("/v1/jobs/job_00000000000000000000000000", 404, "job_not_found"),
        ("/v1/jobs?status=lost", 422, "value_out_of_range"), ("/v1/jobs?limit=0", 422, "value_out_of_range"),
        ("/v1/jobs?after=1", 422, "wrong_type"),
    ])
    func refusesReads(target: String, status: Int, code: String) throws {
        let response = try TestDaemon().get(target)
        #expect(response.status.code == status)
        #expect(response.failure.code == code)
    }

    @Test func refusesOtherBodiesAndMethods() throws {
        let daemon = try TestDaemon()
        let form = daemon.send(
            .post, "/v1/models/tiny/decode", body: Array("{}".utf8),
            fields: [.contentType: "application/x-www-form-urlencoded"])
        #expect(form.status == .unsupportedMediaType && form.failure.parameter == "Content-Type")
        let packed = daemon.post("/v1/models/tiny/decode", "{}", fields: [.contentEncoding: "br"])
        #expect(packed.status == .unsupportedMediaType && packed.failure.parameter == "Content-Encoding")
        #expect(
            daemon.send(.post, "/v1/models/tiny/encode", body: [1, 2], fields: [.contentType: "image/png"]).failure.code
                == "invalid_png")
        let delete = daemon.send(.delete, "/v1/models/tiny/decode")
        #expect(delete.status == .methodNotAllowed && delete.fields[.allow] == "OPTIONS, POST")
        for (shape, type, bytes, code) in [
            ("", "f32", 8, "wrong_type"), ("1,2", "f64", 8, "value_out_of_range"), ("1,2", "f32", 7, "wrong_length"),
            ("1,3", "f32", 12, "latent_dimension_mismatch"), ("-1,2", "f32", 8, "wrong_type"),
            ("9223372036854775807,2", "f32", 8, "value_out_of_range"), ("1,2", "u8", 2, "value_out_of_range"),
        ] {
            let response = daemon.send(
                .post, "/v1/models/tiny/decode", body: [UInt8](repeating: 0, count: bytes),
                fields: [.contentType: "application/octet-stream", .shape: shape, .elementType: type])
            #expect(response.status.code == 422 && response.failure.code == code, "\(shape): \(response.failure)")
        }
        let infinite = daemon.send(
            .post, "/v1/models/tiny/decode", body: RawTensor.bytes([1, .nan]),
            fields: [.contentType: "application/octet-stream", .shape: "1,2"])
        #expect(infinite.failure.code == "non_finite_value")
    }
}
