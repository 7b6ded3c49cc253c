import HTTP
import HTTPTypes
import Images
import Testing

@testable import Serving

/// What infer gives, in all the forms of asking; each time the numbers of `/v1`.
@Suite struct InferTests {
    private let daemon: TestDaemon
    private let pixels = (0..<32).map { Float($0) / 32 }

    init() throws { daemon = try TestDaemon() }

    private static func tensor(_ name: String, _ shape: [Int], data: String) -> String {
        #"{"name":"\#(name)","shape":\#(shape),"datatype":"FP32","data":\#(data)}"#
    }

    private static func binary(_ name: String, _ shape: [Int], _ size: Int, _ type: String = "FP32") -> String {
        #"{"name":"\#(name)","shape":\#(shape),"datatype":"\#(type)","parameters":{"binary_data_size":\#(size)}}"#
    }

    private func decoded() throws -> [Float] {
        try daemon.post("/v1/models/tiny/decode", #"{"latents":[[0.5,-1],[2,0.25]]}"#).floats("images").values
    }

    @Test(arguments: [
        "[0.5,-1,2,0.25]", "[[0.5,-1],[2,0.25]]", "[ [5e-1, -1.0] , [2, 0.25] ]",
    ])
    func latentsAsJSON(data: String) throws {
        let call = InferCall(#"{"inputs":[\#(Self.tensor("latent", [2, 2], data: data))]}"#)
        let response = call.send(to: daemon, model: "tiny.decode")
        #expect(response.status == .ok)
        #expect(response.fields[.contentType] == "application/json")
        #expect(response.fields[.inferenceHeaderLength] == nil)
        let outputs = try response.inferOutputs()
        #expect(outputs.map(\.name) == ["image"])
        #expect(outputs[0].shape == [2, 1, 4, 4])
        #expect(outputs[0].datatype == "FP32")
        #expect(outputs[0].values == (try decoded()))
        let object = try response.object()
        #expect(object["model_name"] == .string("tiny.decode"))
        #expect(object["model_version"] == .string("1"))
        #expect(object["id"] == nil)
    }

    @Test func latentsAsBytes() throws {
        let values: [Float] = [0.5, -1, 2, 0.25]
        let call = InferCall(
            #"{"id":"a\"b","inputs":[\#(Self.binary("latent", [2, 2], 16))],"parameters":{"binary_data_output":true}}"#,
            bytes: values.littleEndian)
        let response = call.send(to: daemon, model: "tiny.decode")
        #expect(response.status == .ok)
        #expect(response.fields[.contentType] == "application/octet-stream")
        let outputs = try response.inferOutputs()
        #expect(outputs.map(\.isBinary) == [true])
        #expect(outputs[0].values == (try decoded()))
        let length = try #require(response.fields[.inferenceHeaderLength].flatMap { Int($0) })
        #expect(response.body.count == length + 2 * 16 * 4)
        #expect(String(decoding: response.body[..<length], as: UTF8.self).contains(#""id":"a\"b""#))
    }

    @Test func bytesInAndJSONOut() throws {
        let values: [Float] = [0.5, -1, 2, 0.25]
        let call = InferCall(#"{"inputs":[\#(Self.binary("latent", [2, 2], 16))]}"#, bytes: values.littleEndian)
        let response = call.send(to: daemon, model: "tiny.decode")
        #expect(response.fields[.inferenceHeaderLength] == nil)
        #expect(try response.inferOutputs().map(\.values) == [try decoded()])
    }

    @Test func theBodyAlone() throws {
        let values: [Float] = [0.5, -1, 2, 0.25]
        let response = InferCall("", bytes: values.littleEndian, headerLength: "0").send(
            to: daemon, model: "tiny.decode")
        #expect(response.status == .ok)
        let outputs = try response.inferOutputs()
        #expect(outputs.map(\.isBinary) == [true])
        #expect(outputs[0].shape == [2, 1, 4, 4])
        #expect(outputs[0].values == (try decoded()))
    }

    /// What each output wants beats what the request wants.
    @Test func outputsOneByOne() throws {
        let image = Self.tensor("image", [2, 1, 4, 4], data: "\(pixels)")
        let call = InferCall(
            #"{"inputs":[\#(image)],"parameters":{"binary_data_output":true},"outputs":[{"name":"log_variance"},"#
                + #"{"name":"mean","parameters":{"binary_data":false}}]}"#)
        let response = call.send(to: daemon, model: "tiny.encode")
        let outputs = try response.inferOutputs()
        #expect(outputs.map(\.name) == ["log_variance", "mean"])
        #expect(outputs.map(\.isBinary) == [true, false])
        let expected = daemon.post(
            "/v1/models/tiny/encode", #"{"images":[\#(rows(pixels[..<16])),\#(rows(pixels[16...]))]}"#)
        #expect(outputs[0].values == (try expected.floats("log_variance").values))
        #expect(outputs[1].values == (try expected.floats("mean").values))
    }

    private func rows(_ pixels: ArraySlice<Float>) -> String {
        let rows = stride(from: pixels.startIndex, to: pixels.endIndex, by: 4).map { "\(Array(pixels[$0..<$0 + 4]))" }
        return "[\(rows.joined(separator: ","))]"
    }

    @Test(arguments: ["tiny", "tiny.reconstruct"])
    func reconstruction(model: String) throws {
        let image = Self.tensor("image", [1, 1, 4, 4], data: "[[\(rows(pixels[..<16]))]]")
        let outputs = try InferCall(#"{"inputs":[\#(image)],"outputs":[]}"#).send(to: daemon, model: model)
            .inferOutputs()
        #expect(outputs.map(\.name) == ["image", "mean", "log_variance", "reconstruction_loss", "kl_divergence"])
        #expect(outputs.map(\.shape) == [[1, 1, 4, 4], [1, 2], [1, 2], [1], [1]])
        let expected = daemon.post("/v1/models/tiny/reconstruct", #"{"image":\#(rows(pixels[..<16]))}"#)
        for (output, key) in zip(outputs, ["images", "latents", "", "reconstruction_loss", "kl_divergence"]) {
            guard !key.isEmpty else { continue }
            let values = try expected.floats(key).values
            // The losses are doubles there.
            #expect(
                zip(output.values, values).allSatisfy { abs($0 - $1) <= 1e-6 * abs($1) || $0 == $1 }
                    && output.values.count == values.count, "\(key) \(output.values) \(values)")
        }
    }

    /// The same image in each type; it holds numbers that all of them have.
    @Test func everyType() throws {
        let bytes: [UInt8] = (0..<16).map { $0 % 2 == 0 ? 0 : 255 }
        let floats = bytes.map { Float($0) / 255 }
        let doubles = floats.flatMap { value in
            (0..<8).map { UInt8(truncatingIfNeeded: Double(value).bitPattern >> (8 * UInt64($0))) }
        }
        let halves: [UInt8] = floats.flatMap { $0 == 0 ? [0, 0] : [0, 0x3C] }
        var results: [[Float]] = []
        for (type, data) in [("FP32", floats.littleEndian), ("FP64", doubles), ("FP16", halves), ("UINT8", bytes)] {
            let call = InferCall(
                #"{"inputs":[\#(Self.binary("image", [1, 1, 4, 4], data.count, type))]}"#, bytes: data)
            results.append(try call.send(to: daemon, model: "tiny.encode").inferOutputs()[0].values)
        }
        for (type, data) in [
            ("FP32", "\(floats)"), ("FP64", "\(floats)"), ("FP16", "\(floats)"), ("UINT8", "\(bytes)"),
        ] {
            let image = #"{"name":"image","shape":[1,1,4,4],"datatype":"\#(type)","data":\#(data)}"#
            let call = InferCall(#"{"inputs":[\#(image)]}"#)
            results.append(try call.send(to: daemon, model: "tiny.encode").inferOutputs()[0].values)
        }
        #expect(results.allSatisfy { $0.count == 2 && $0 == results[0] })
    }

    @Test func everyByteAndHalf() {
        let bytes = (0...255).map { UInt8($0) }
        #expect(InferDatatype.byte.floats(bytes, in: bytes.indices) == bytes.map { Float($0) / 255 })
        let patterns: [(UInt16, Float)] = [
            (0, 0), (0x8000, -0.0), (0x3C00, 1), (0xC000, -2), (0x7BFF, 65504), (0x0001, 0x1p-24), (0x0400, 0x1p-14),
            (0x3555, 0.33325195), (0x7C00, .infinity), (0xFC00, -.infinity),
        ]
        for (pattern, value) in patterns {
            let bytes = [UInt8(pattern & 255), UInt8(pattern >> 8)]
            #expect(InferDatatype.half.floats(bytes, in: bytes.indices) == [value])
        }
        let nan: [UInt8] = [1, 0x7C]
        #expect(InferDatatype.half.floats(nan, in: nan.indices)[0].isNaN)
    }

    @Test(arguments: [
        (String?.none, false), ("application/json", false), ("application/octet-stream", true), ("text/plain", true),
    ])
    func anyContentTypeWillDo(type: String?, isBinary: Bool) throws {
        let values: [Float] = [0.5, -1, 2, 0.25]
        var call = InferCall(
            isBinary
                ? #"{"inputs":[\#(Self.binary("latent", [2, 2], 16))]}"#
                : #"{"inputs":[\#(Self.tensor("latent", [2, 2], data: "\(values)"))],"more":[1,{"x":null}]}"#,
            bytes: isBinary ? values.littleEndian : [])
        call.fields[.contentType] = type
        #expect(try call.send(to: daemon, model: "tiny.decode").inferOutputs()[0].values == (try decoded()))
    }

    @Test(arguments: [
        ("gzip", DeflateFormat.gzip), ("GZIP", .gzip), ("x-gzip", .gzip), ("deflate", .zlib), ("Deflate", .zlib),
    ])
    func compressedRequests(coding: String, format: DeflateFormat) throws {
        let values: [Float] = [0.5, -1, 2, 0.25]
        // The header's length counts what comes out, and is more than the whole body has here.
        let padding = String(repeating: " ", count: 4000)
        let json = #"{"inputs":[\#(Self.binary("latent", [2, 2], 16))]\#(padding)}"#
        var fields = HTTPFields()
        fields[.contentEncoding] = coding
        fields[.inferenceHeaderLength] = String(json.utf8.count)
        let body = try Gzip.deflate(Array(json.utf8) + values.littleEndian, format: format)
        #expect(body.count < json.utf8.count)
        let response = daemon.send(.post, "/v2/models/tiny.decode/infer", body: body, fields: fields)
        #expect(response.status == .ok)
        #expect(try response.inferOutputs()[0].values == (try decoded()))
    }

    /// Requests that have waited together: each is answered as if it were alone, and the batch is counted once.
    @Test(arguments: ["tiny.decode", "tiny.encode", "tiny"])
    func requestsTogether(model: String) throws {
        let route = try #require(daemon.router.routes.first { $0.pattern == "/v2/models/{model}/infer" })
        let isDecode = model == "tiny.decode"
        let requests = [1, 3, 0, 2, 40].map { rows in
            let shape = isDecode ? [rows, 2] : [rows, 1, 4, 4]
            let values = (0..<shape.reduce(1, *)).map { Float($0 % 16) / 16 }
            let json = #"{"inputs":[\#(Self.tensor(isDecode ? "latent" : "image", shape, data: "\(values)"))]}"#
            return Request(
                method: .post, path: ["v2", "models", model, "infer"], pathParameters: ["model": model],
                body: Array(json.utf8))
        }
        let together = try route.answers(requests)
        #expect(together.map(\.status.code) == [200, 200, 422, 200, 200])
        let text = String(decoding: daemon.get("/v2/models/\(model)/stats").body, as: UTF8.self)
        #expect(text.contains(#""inference_count":46,"execution_count":\#(model == "tiny" ? 4 : 2)"#), "\(text)")
        #expect(text.contains(#""fail":{"count":1,"#))
        #expect(together == requests.map(route.handler))
    }
}
