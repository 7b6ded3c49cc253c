import HTTP
import HTTPTypes
import Testing

@testable import Serving

/// NPY files as NumPy 2.4 writes them.
enum NPYFiles {
    static func file(_ version: UInt8, _ header: String, padded length: Int, _ data: [UInt8]) -> [UInt8] {
        let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [version, 0]
        let lengthBytes = version == 1 ? 2 : 4
        let room = length - start.count - lengthBytes
        let text = Array(header.utf8) + [UInt8](repeating: 0x20, count: max(0, room - header.utf8.count - 1)) + [0x0A]
        let size = (0..<lengthBytes).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
        return start + size + text + data
    }

    static let floats: [UInt8] = [0, 0, 0, 0x3F, 0, 0, 0xA0, 0xBF, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40]
    static let doubles: [UInt8] =
        [0, 0, 0, 0, 0, 0, 0xE0, 0x3F, 0, 0, 0, 0, 0, 0, 0xF4, 0xBF]
        + [0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0x08, 0x40]

    static func header(_ descr: String = "'<f4'", order: String = "False", shape: String = "(2, 2)") -> String {
        "{'descr': \(descr), 'fortran_order': \(order), 'shape': \(shape), }"
    }
}

@Suite struct NPYTests {
    private let daemon: TestDaemon
    private static let npy = "application/x-npy"

    init() throws { daemon = try TestDaemon() }

    private func post(_ operation: String, _ file: [UInt8], accept: String? = nil) -> Response {
        var fields: HTTPFields = [.contentType: Self.npy]
        fields[.accept] = accept
        return daemon.send(.post, "/v1/models/tiny/\(operation)", body: file, fields: fields)
    }

    @Test(arguments: [
        NPYFiles.file(1, NPYFiles.header(), padded: 128, NPYFiles.floats),
        NPYFiles.file(2, NPYFiles.header(), padded: 128, NPYFiles.floats),
        NPYFiles.file(3, NPYFiles.header(), padded: 128, NPYFiles.floats),
        NPYFiles.file(1, NPYFiles.header("'<f8'"), padded: 128, NPYFiles.doubles),
        NPYFiles.file(1, NPYFiles.header(), padded: 71, NPYFiles.floats),
        NPYFiles.file(
            1, "{\"shape\":(2,2,),'fortran_order':False,\"descr\":\"<f4\"}", padded: 128, NPYFiles.floats),
    ])
    func isReadInEveryVersion(file: [UInt8]) throws {
        let numbers = try RawTensor(npy: file)
        #expect(numbers.shape == [2, 2] && numbers.values == [0.5, -1.25, 2, 3] && !numbers.isBytes)
        let json = daemon.post("/v1/models/tiny/decode", #"{"latents":[[0.5,-1.25],[2,3]]}"#)
        #expect(post("decode", file).body == json.body)
    }

    @Test func isWrittenAsNumPyWritesIt() throws {
        let expected = NPYFiles.file(1, NPYFiles.header(), padded: 128, NPYFiles.floats)
        #expect(NPYHeader.file(shape: [2, 2], values: [0.5, -1.25, 2, 3]) == expected)
        #expect(try RawTensor(npy: NPYHeader.file(shape: [3], values: [1, 2, 3])).shape == [3])
        #expect(try RawTensor(npy: NPYHeader.file(shape: [], values: [7])).values == [7])
        for length in [1, 9, 10, 99, 1000] {
            let file = NPYHeader.file(shape: [length, 1], values: [Float](repeating: 1, count: length))
            #expect(try NPYHeader(file).dataOffset % 64 == 0)
        }
    }

    @Test func imagesGoInAndOut() throws {
        let bytes = (0..<16).map { UInt8($0 * 17) }
        let file = NPYFiles.file(1, NPYFiles.header("'|u1'", shape: "(4, 4)"), padded: 128, bytes)
        let raw = daemon.send(
            .post, "/v1/models/tiny/encode", body: bytes,
            fields: [.contentType: "application/octet-stream", .shape: "4,4", .elementType: "u8"])
        let mean = post("encode", file)
        #expect(mean.status == .ok && mean.body == raw.body)
        let array = try RawTensor(npy: post("encode", file, accept: Self.npy).body)
        #expect(array.shape == [1, 2])
        #expect(try array.values == mean.floats("mean").values)

        let answer = post("reconstruct", file, accept: Self.npy)
        #expect(answer.fields[.contentType] == Self.npy)
        let image = try RawTensor(npy: answer.body)
        #expect(image.shape == [1, 1, 4, 4])
        #expect(image.values == (try post("reconstruct", file).floats("images").values))
        for (operation, body) in [
            ("decode", #"{"latent":[0,1]}"#), ("sample", #"{"seed":1,"count":1}"#), ("traverse", #"{"steps":1}"#),
            ("arithmetic", #"{"terms":[{"point":{"latent":[0,1]}}]}"#),
        ] {
            let json = daemon.post("/v1/models/tiny/\(operation)", body)
            let npy = try RawTensor(npy: daemon.post("/v1/models/tiny/\(operation)?format=npy", body).body)
            #expect(npy.shape == [1, 1, 4, 4])
            let key = operation == "arithmetic" ? "image" : "images"
            #expect(npy.values == (try json.floats(key).values))
        }
        let map = daemon.get("/v1/models/tiny/map", accept: Self.npy)
        #expect(try RawTensor(npy: map.body).values == [0, 0, 1, 0, 0, 2, 3, 3])
        #expect(map.fields[.epoch] == "2")
    }

    static let refused: [(file: [UInt8], status: Int, code: String, parameter: String?)] = {
        func file(_ header: String, _ data: [UInt8] = NPYFiles.floats, version: UInt8 = 1) -> [UInt8] {
            NPYFiles.file(version, header, padded: 128, data)
        }
        let good = file(NPYFiles.header())
        var huge = good
        huge[8...9] = [0xFF, 0xFF]
        var long = file(NPYFiles.header(), version: 2)
        long[8...11] = [0xFF, 0xFF, 0xFF, 0xFF]
        var later = good
        later[6] = 4
        var minor = good
        minor[7] = 1
        return [
            ([], 400, "malformed_npy", nil), (Array("PK\u{3}\u{4}".utf8), 400, "malformed_npy", nil),
            (Array(good.prefix(9)), 400, "malformed_npy", nil), (Array(good.prefix(40)), 400, "malformed_npy", nil),
            (huge, 400, "malformed_npy", nil), (long, 400, "malformed_npy", nil),
            (later, 400, "malformed_npy", nil), (minor, 400, "malformed_npy", nil),
            (file("__import__('os').system('true')"), 400, "malformed_npy", nil),
            (file("{}"), 400, "malformed_npy", nil), (file("[1, 2]"), 400, "malformed_npy", nil),
            (file("{'descr': '<f4', 'shape': (2, 2)}"), 400, "malformed_npy", nil),
            (
                file("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 2)}"), 400, "malformed_npy",
                nil
            ),
            (file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), 'x': 1}"), 400, "malformed_npy", nil),
            (file(NPYFiles.header() + " + 1"), 400, "malformed_npy", nil),
            (file(NPYFiles.header(order: "0")), 400, "malformed_npy", nil),
            (file(NPYFiles.header("b'<f4'")), 400, "malformed_npy", nil),
            (file(NPYFiles.header("'\\x3cf4'")), 400, "malformed_npy", nil),
            (file(NPYFiles.header("'<f4")), 400, "malformed_npy", nil),
            (file(NPYFiles.header(shape: "(2 2)")), 400, "malformed_npy", nil),
            (file(NPYFiles.header(shape: "(-2, 2)")), 400, "malformed_npy", nil),
            (file(NPYFiles.header(shape: "(2.0, 2)")), 400, "malformed_npy", nil),
            (file(NPYFiles.header(shape: "(02, 2)")), 400, "malformed_npy", nil),
            (file(NPYFiles.header(shape: "(2L, 2L)")), 400, "malformed_npy", nil),
            (file(NPYFiles.header(shape: "(4)")), 400, "malformed_npy", nil),
            (file(NPYFiles.header(shape: "(2, 99999999999999999999)")), 400, "malformed_npy", nil),
            (file(NPYFiles.header(shape: "(,)")), 400, "malformed_npy", nil),
            (file(NPYFiles.header("'|O'")), 422, "unsupported_npy", "descr"),
            (file(NPYFiles.header("'>f4'")), 422, "unsupported_npy", "descr"),
            (file(NPYFiles.header("'<i8'")), 422, "unsupported_npy", "descr"),
            (file(NPYFiles.header("[('x', '<f4')]")), 422, "unsupported_npy", "descr"),
            (file(NPYFiles.header(order: "True")), 422, "unsupported_npy", "fortran_order"),
            (file(NPYFiles.header(shape: "(9223372036854775807, 9)")), 422, "value_out_of_range", "shape"),
            (file(NPYFiles.header(shape: "(1,1,1,1,1,1,1,1,1)")), 422, "value_out_of_range", "shape"),
            (file(NPYFiles.header(shape: "(2, 3)")), 422, "wrong_length", "shape"),
            (file(NPYFiles.header(), NPYFiles.floats + [0]), 422, "wrong_length", "shape"),
            (file(NPYFiles.header(shape: "(4,)")), 422, "latent_dimension_mismatch", "shape"),
            (file(NPYFiles.header(shape: "()"), [0, 0, 0, 0]), 422, "latent_dimension_mismatch", "shape"),
            (file(NPYFiles.header(shape: "(0, 2)"), []), 422, "latent_dimension_mismatch", "shape"),
            (file(NPYFiles.header("'|u1'"), [1, 2, 3, 4]), 422, "value_out_of_range", "descr"),
            (file(NPYFiles.header(shape: "(1, 2)"), [0, 0, 0, 0, 0, 0, 0x80, 0x7F]), 422, "non_finite_value", "[0]"),
            // A double that float32 cannot hold.
            (
                file(
                    NPYFiles.header("'<f8'", shape: "(1, 2)"),
                    [0, 0, 0, 0, 0, 0, 0xE0, 0x7F] + [UInt8](repeating: 0, count: 8)),
                422, "non_finite_value", "[0]"
            ),
        ]
    }()

    @Test func whatCannotBeReadSaysWhy() {
        for bad in Self.refused {
            let response = post("decode", bad.file)
            let text = String(decoding: Array(bad.file.dropFirst(8).prefix(120)), as: UTF8.self)
            #expect(
                response.status.code == bad.status && response.failure.code == bad.code, "\(text): \(response.failure)")
            #expect(response.failure.parameter == bad.parameter, "\(text)")
        }
        let image = NPYFiles.file(1, NPYFiles.header(shape: "(4, 1)"), padded: 128, NPYFiles.floats)
        #expect(post("encode", image).failure.code == "image_shape_mismatch")
        #expect(post("encode", image).failure.parameter == "shape")
        #expect(post("arithmetic", image).status == .unsupportedMediaType)
        #expect(daemon.put("/v1/models/tiny/vectors/a?format=npy", "{}").failure.code == "unknown_parameter")
    }

    /// Every prefix, and every byte of the header as every one of some values: an answer, never a trap.
    @Test func damageNeverTraps() {
        let good = NPYFiles.file(1, NPYFiles.header(), padded: 128, NPYFiles.floats)
        for length in 0..<good.count {
            #expect(throws: (any Error).self) { try RawTensor(npy: Array(good.prefix(length))) }
        }
        for place in 0..<128 {
            for byte: UInt8 in [0, 0x0A, 0x20, 0x27, 0x28, 0x29, 0x2C, 0x30, 0x39, 0x7B, 0x7D, 0xFF] {
                var file = good
                file[place] = byte
                _ = try? RawTensor(npy: file)
            }
        }
    }
}
