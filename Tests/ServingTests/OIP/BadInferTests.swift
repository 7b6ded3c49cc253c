import HTTP
import HTTPTypes
import Images
import Testing

@testable import Serving

/// An infer request that must be refused: with which status, and in words that name what.
struct BadInfer: Sendable, CustomTestStringConvertible {
    let json: String
    let bytes: Int
    let headerLength: String??
    let model: String
    let status: Int
    let words: String

    init(
        _ json: String, bytes: Int = 0, header: String?? = nil, model: String = "tiny.decode", status: Int = 400,
        _ words: String
    ) {
        (self.json, self.bytes, headerLength, self.model) = (json, bytes, header, model)
        (self.status, self.words) = (status, words)
    }

    var testDescription: String { "\(json.prefix(100)) \(bytes) \(words)" }
}

@Suite struct BadInferTests {
    private let daemon: TestDaemon

    init() throws { daemon = try TestDaemon() }

    /// One input, `latent` of FP32 and 1 x 2 if nothing else is said.
    private static func input(
        _ rest: String = #""data":[1,2]"#, name: String = #""latent""#, shape: String = "[1,2]",
        type: String = #""FP32""#
    ) -> String {
        #"{"inputs":[{"name":\#(name),"shape":\#(shape),"datatype":\#(type),\#(rest)}]}"#
    }

    private static func binary(_ size: String) -> String { #""parameters":{"binary_data_size":\#(size)}"# }

    static let headers: [BadInfer] = [
        BadInfer(input(binary("8")), bytes: 8, header: "-1", "is '-1'"),
        BadInfer(input(binary("8")), bytes: 8, header: "+5", "is '+5'"),
        BadInfer(input(binary("8")), bytes: 8, header: "0x10", "is '0x10'"),
        BadInfer(input(binary("8")), bytes: 8, header: "5.0", "is '5.0'"),
        BadInfer(input(binary("8")), bytes: 8, header: "", "must be a number of bytes"),
        BadInfer(input(binary("8")), bytes: 8, header: "90, 90", "is '90, 90'"),
        BadInfer(input(binary("8")), bytes: 8, header: "1000000", "the length of the body"),
        BadInfer(input(binary("8")), bytes: 8, header: "99999999999999999999", "must be a number of bytes"),
        BadInfer(input(binary("8")), bytes: 8, header: "9223372036854775807", "must be a number of bytes"),
        BadInfer(input(binary("8")), bytes: 8, header: "5", "not valid JSON"),
        BadInfer(input(binary("8")), bytes: 8, header: .some(nil), "not valid JSON"),
        BadInfer("", bytes: 7, header: "0", "a row of 'latent' takes 8"),
        BadInfer("", header: "0", "takes latents of shape n,2"),
    ]

    static let binaries: [BadInfer] = [
        BadInfer(input(binary("8")), bytes: 7, "has 8 bytes; 7 of the body are left"),
        BadInfer(input(binary("8")), bytes: 9, "1 bytes of the body belong to no input"),
        BadInfer(input(binary("8")), "has 8 bytes; 0 of the body are left"),
        BadInfer(input(binary("4")), bytes: 4, "its shape and datatype say 8"),
        BadInfer(input(binary("16")), bytes: 16, "its shape and datatype say 8"),
        BadInfer(input(binary("0")), bytes: 8, "belong to no input"),
        BadInfer(input(binary("-8")), bytes: 8, "'inputs[0].parameters.binary_data_size' is -8"),
        BadInfer(input(binary("8.0")), bytes: 8, "expected an integer"),
        BadInfer(input(binary(#""8""#)), bytes: 8, "expected an integer"),
        BadInfer(input(binary("9223372036854775807")), bytes: 8, "has 9223372036854775807 bytes"),
        BadInfer(input(binary("9223372036854775808")), bytes: 8, "expected an integer"),
        BadInfer(input(binary("8") + #","data":[1,2]"#), bytes: 8, "has both data and a binary_data_size"),
        BadInfer(input(), bytes: 8, "8 bytes of the body belong to no input"),
        BadInfer(input(#""parameters":{"shared_memory_region":"x"}"#), "Shared memory is not offered"),
        BadInfer(input(#""parameters":7"#), "'inputs[0].parameters' is a number"),
        BadInfer(input(binary("8"), type: #""FP64""#), bytes: 8, "its shape and datatype say 16"),
        BadInfer(input(binary("2"), type: #""UINT8""#), bytes: 2, "for latents"),
    ]

    static let shapes: [BadInfer] = [
        BadInfer(input(shape: "[0,2]"), "the shape [0, 2] has 0"),
        BadInfer(input(#""data":[]"#, shape: "[0,2]"), "takes latents of shape n,2"),
        BadInfer(input(#""data":[]"#), "has 0 numbers"),
        BadInfer(input(shape: "[2,1]"), "takes latents of shape n,2; input 'latent' is 2,1"),
        BadInfer(input(shape: "[2]"), "has the shape [-1, 2]; 'inputs[0].shape' is [2]"),
        BadInfer(input(shape: "[1,1,2]"), "has the shape [-1, 2]"),
        BadInfer(input(shape: "[]"), "has the shape [-1, 2]"),
        BadInfer(input(shape: "[1,1,1,1,1,1,1,1,2]"), "of 9 extents"),
        BadInfer(input(shape: "[-1,2]"), "'inputs[0].shape[0]' is -1"),
        BadInfer(input(shape: "[1,2.0]"), "'inputs[0].shape[1]' is a number"),
        BadInfer(input(shape: "[0.99999999,2]"), "'inputs[0].shape[0]' is a number"),
        BadInfer(input(shape: #"["1",2]"#), "'inputs[0].shape[0]' is a string"),
        BadInfer(input(shape: "[[1,2]]"), "'inputs[0].shape[0]' is an array"),
        BadInfer(input(shape: "7"), "'inputs[0].shape' is a number"),
        BadInfer(input(shape: "null"), "'inputs[0].shape' is missing"),
        // 2^53 + 1 is told exactly, and no product overflows.
        BadInfer(input(shape: "[9007199254740993,2]"), "[9007199254740993, 2]"),
        BadInfer(input(shape: "[16777217,2]"), "at most 16777216 numbers"),
        BadInfer(input(shape: "[4611686018427387904,4]"), "at most 16777216 numbers"),
        BadInfer(input(shape: "[9223372036854775807,9223372036854775807]"), "at most 16777216 numbers"),
        BadInfer(input(shape: "[9223372036854775808,2]"), "'inputs[0].shape[0]' is a number"),
        BadInfer(input(binary("8"), shape: "[4294967296,4294967296]"), bytes: 8, "at most 16777216 numbers"),
        BadInfer(input(#""data":[0]"#, name: #""image""#, shape: "[1,1,4,5]"), model: "tiny", "has 1 numbers"),
        BadInfer(
            input(#""data":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]"#, name: #""image""#, shape: "[1,1,4,5]"),
            model: "tiny", "takes images of 4x4 numbers; 'inputs[0].shape' is 1x1x4x5"),
        BadInfer(
            input(#""data":[0]"#, name: #""image""#, shape: "[4,4]"), model: "tiny", "has the shape [-1, 1, 4, 4]"),
    ]

    static let data: [BadInfer] = [
        BadInfer(input(#""data":[1]"#), "has 1 numbers; the shape [1, 2] has 2"),
        BadInfer(input(#""data":[1,2,3]"#), "has 3 numbers"),
        BadInfer(input(#""data":[[1],[2]]"#), "is nested as [2, 1]; the shape is [1, 2]"),
        BadInfer(input(#""data":[[1,2],[3]]"#, shape: "[2,2]"), "Row 1 of 'inputs[0].data' has 1 entries"),
        BadInfer(input(#""data":[[1,2],3]"#, shape: "[2,2]"), "'inputs[0].data[1]' is a number"),
        BadInfer(input(#""data":[1,"2"]"#), "expected"),
        BadInfer(input(#""data":[1,null]"#), "expected"),
        BadInfer(input(#""data":[1,1e39]"#), "a number is too large"),
        BadInfer(input(#""data":[1,NaN]"#), "not valid JSON"),
        BadInfer(input(#""data":"AAAA""#), "'inputs[0].data' is a string"),
        BadInfer(input(#""data":null"#), "'inputs[0].data' is missing"),
        BadInfer(input(#""x":1"#), "'inputs[0].data' is missing"),
        BadInfer(input(type: #""INT64""#), "is 'INT64'; it must be one of 'FP32', 'FP16', 'FP64', 'UINT8'"),
        BadInfer(input(#""data":[9007199254740993,2]"#, type: #""INT64""#), "'INT64'"),
        BadInfer(input(type: #""BYTES""#), "'BYTES'"),
        BadInfer(input(type: #""fp32""#), "'fp32'"),
        BadInfer(input(type: "7"), "'inputs[0].datatype' is a number"),
        BadInfer(input(type: "null"), "'inputs[0].datatype' is missing"),
        BadInfer(
            input(#""data":[0.5]"#, name: #""image""#, shape: "[1]", type: #""UINT8""#), model: "tiny", "has the shape"),
        BadInfer(
            #"{"inputs":[{"name":"image","shape":[1,1,4,4],"datatype":"UINT8","data":[0,0,0,0,0,0,0,256,0,0,0,0,0,0,0,0]}]}"#,
            model: "tiny", "'inputs[0].data[7]' is 256.0; it must be a whole number from 0 to 255"),
        BadInfer(
            #"{"inputs":[{"name":"image","shape":[1,1,4,4],"datatype":"FP32","data":[0,0,0,0,0,0,0,2,0,0,0,0,0,0,0,0]}]}"#,
            model: "tiny", "'image[0]' is an image with the value 2.0"),
    ]

    static let requests: [BadInfer] = [
        BadInfer("", "The body is empty"),
        BadInfer("[]", "expected an object"),
        BadInfer("{}", "'inputs' is missing"),
        BadInfer(#"{"inputs":[]}"#, "'inputs' is missing"),
        BadInfer(#"{"inputs":{}}"#, "'inputs' is an object"),
        BadInfer(#"{"inputs":[7]}"#, "expected an object"),
        BadInfer(#"{"inputs":[{}]}"#, "'inputs[0].name' is missing"),
        BadInfer(#"{"inputs":[],"inputs":[]}"#, "comes twice"),
        BadInfer(input(name: #""image""#), "'inputs[0].name' is 'image'; it must be 'latent', the only input"),
        BadInfer(input(name: "7"), "'inputs[0].name' is a number"),
        BadInfer(
            #"{"inputs":[{"name":"latent","shape":[1,2],"datatype":"FP32","data":[1,2]},"#
                + #"{"name":"latent","shape":[1,2],"datatype":"FP32","data":[1,2]}]}"#, "Input 'latent' is given twice"),
        BadInfer(
            #"{"inputs":[{"name":"latent","shape":[1,2],"datatype":"FP32","data":[1,2]},"#
                + #"{"name":"other","shape":[1],"datatype":"FP32","data":[1]}]}"#, "'inputs[1].name' is 'other'"),
        BadInfer(with(#""outputs":[{"name":"image"},{"name":"image"}]"#), "Output 'image' is asked for twice"),
        BadInfer(with(#""outputs":[{"name":"mean"}]"#), "'outputs[0].name' is 'mean'"),
        BadInfer(with(#""outputs":[{}]"#), "'outputs[0].name' is missing"),
        BadInfer(with(#""outputs":7"#), "'outputs' is a number"),
        BadInfer(
            with(#""outputs":[{"name":"image","parameters":{"classification":3}}]"#), "classification' is not offered"),
        BadInfer(
            with(#""outputs":[{"name":"image","parameters":{"binary_data":1}}]"#), "expected true or false"),
        BadInfer(with(#""parameters":{"binary_data_output":"yes"}"#), "expected true or false"),
        BadInfer(with(#""parameters":[]"#), "expected an object"),
        BadInfer(with(#""id":7"#), "'id' is a number"),
        BadInfer(input(), model: "absent", status: 404, "There is no model 'absent'"),
        BadInfer(input(), model: "absent.decode", status: 404, "There is no model 'absent.decode'"),
        BadInfer(input(), model: "broken", status: 503, "cannot be served"),
        BadInfer(input(), model: ".hidden", "cannot name a model"),
        BadInfer(input(), model: "..", "cannot name a model"),
        BadInfer(input(), model: "модель", "cannot name a model"),
        BadInfer(input(), model: String(repeating: "a", count: 129), "cannot name a model"),
        BadInfer(input(), model: String(repeating: "a", count: 128), status: 404, "There is no model"),
        BadInfer(input(), model: "tiny.decode/versions/2", status: 404, "Version '2' of model 'tiny.decode'"),
        BadInfer(input(), model: "tiny.decode/versions/01", status: 404, "Version '01'"),
        BadInfer(input(), model: "tiny.decode/versions/1e0", status: 404, "Version '1e0'"),
    ]

    private static func with(_ member: String) -> String { input().dropLast() + ",\(member)}" }

    @Test(arguments: headers + binaries + shapes + data + requests)
    func isRefused(bad: BadInfer) {
        let bytes = [UInt8](repeating: 0, count: bad.bytes)
        let response = InferCall(bad.json, bytes: bytes, headerLength: bad.headerLength).send(
            to: daemon, model: bad.model)
        #expect(Int(response.status.code) == bad.status)
        #expect(response.fields[.contentType] == "application/json")
        #expect(response.oipError?.contains(bad.words) == true, "\(String(decoding: response.body, as: UTF8.self))")
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func numbersThatAreNotFinite(value: Float) {
        let latent = #"{"name":"latent","shape":[2,2],"datatype":"FP32",\#(Self.binary("16"))}"#
        let bytes = [0, 0, 0, value].littleEndian
        let response = InferCall(#"{"inputs":[\#(latent)]}"#, bytes: bytes).send(to: daemon, model: "tiny.decode")
        #expect(response.status == .badRequest)
        #expect(response.oipError == "Row 1 of input 'latent' holds a number that is not finite.")
    }

    @Test func aDoubleThatNoFloatHolds() {
        let bytes = [UInt8](repeating: 0, count: 8) + [0, 0, 0, 0, 0, 0, 0xE0, 0x7F]
        let response = InferCall(Self.input(Self.binary("16"), type: #""FP64""#), bytes: bytes).send(
            to: daemon, model: "tiny.decode")
        #expect(response.oipError == "Row 0 of input 'latent' holds a number that is not finite.")
    }

    @Test func aResultThatIsNotFinite() {
        let json = Self.input(#""data":[1,1,1,3e38,3e38,-3e38]"#, shape: "[2,3]")
        for wanted in ["false", "true"] {
            let call = InferCall(json.dropLast() + #","parameters":{"binary_data_output":\#(wanted)}}"#)
            let response = call.send(to: daemon, model: "colour.decode")
            #expect(response.status == .badRequest)
            #expect(response.oipError?.contains("'image[1]'") == true)
        }
    }

    @Test func tooManyRows() {
        let bytes = [UInt8](repeating: 0, count: (Limits.rows + 1) * 8)
        let json = Self.input(Self.binary("\(bytes.count)"), shape: "[\(Limits.rows + 1),2]")
        let response = InferCall(json, bytes: bytes).send(to: daemon, model: "tiny.decode")
        #expect(response.status == .contentTooLarge)
        #expect(response.oipError?.contains("10001 rows; the limit is 10000") == true)
    }

    @Test(arguments: [
        ("br", 415, "send it as it is or as gzip or deflate"), ("gzip, gzip", 415, "'gzip, gzip'"),
        ("gzip", 400, "not a gzip stream"), ("deflate", 400, "deflate stream"),
    ])
    func codingsThatAreNone(coding: String, status: Int, words: String) {
        var call = InferCall(Self.input())
        call.fields[.contentEncoding] = coding
        let response = call.send(to: daemon, model: "tiny.decode")
        #expect(Int(response.status.code) == status)
        #expect(response.oipError?.contains(words) == true, "\(response.oipError ?? "")")
        #expect(response.fields[.acceptEncoding] == (status == 415 ? "gzip, deflate" : nil))
    }

    @Test func bombsAndBrokenStreams() throws {
        let bomb = try Gzip.deflate([UInt8](repeating: 0x20, count: 8 << 20), format: .zlib)
        let whole = try Gzip.deflate(Array(Self.input().utf8), format: .zlib)
        var damaged = whole
        damaged[whole.count - 1] ^= 1
        let rows: [([UInt8], String)] = [
            (bomb, "200 times its size"), (Array(whole.dropLast(3)), "cut short"), (whole + [0], "follow"),
            (damaged, "corrupt"),
        ]
        for (body, words) in rows {
            var fields = HTTPFields()
            fields[.contentEncoding] = "deflate"
            let response = daemon.send(.post, "/v2/models/tiny.decode/infer", body: body, fields: fields)
            #expect(response.status == .badRequest)
            #expect(response.oipError?.contains(words) == true, "\(response.oipError ?? "")")
        }
    }
}
