import Tensors
import Testing

@testable import Checkpoints

@Suite struct SafetensorsTests {
    /// A file of a header, padded as it stands, and data.
    private static func file(_ header: String, data: Int = 0) -> [UInt8] {
        let length = UInt64(header.utf8.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
            + [UInt8](repeating: 7, count: data)
    }

    private static func entry(_ dtype: String = "U8", _ shape: String = "[4]", _ offsets: String = "[0,4]") -> String {
        "{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
    }

    @Test(arguments: [
        ("{}", 0), ("{}   ", 0), ("{ \"a\" : \(entry()) }\n\t ", 4), ("{\"__metadata__\":{}}", 0),
        ("{\"a\":\(entry("F32", "[]", "[0,4]"))}", 4), ("{\"a\":\(entry("F32", "[0,9]", "[0,0]"))}", 0),
        ("{\"a\":\(entry("U8", "[4]", "[4,8]")),\"b\":\(entry())}", 8),
        ("{\"a\":\(entry("U8", "[0]", "[4,4]")),\"b\":\(entry())}", 4),
    ])
    func soundFilesAreRead(header: String, data: Int) throws {
        _ = try SafetensorsFile(Self.file(header, data: data))
    }

    static let malformed: [(bytes: [UInt8], error: SafetensorsError)] = [
        ([], .tooShort(bytes: 0)),
        ([2, 0, 0, 0, 0, 0, 0], .tooShort(bytes: 7)),
        ([3, 0, 0, 0, 0, 0, 0, 0, 123, 125], .headerLength(actual: 3, limit: 2)),
        ([255, 255, 255, 255, 255, 255, 255, 255, 123, 125], .headerLength(actual: .max, limit: 2)),
        ([0, 0, 0, 0, 0, 0, 0, 0], .headerSyntax(position: 0, expected: "an object")),
        (file(" {}"), .headerSyntax(position: 0, expected: "an object")),
        (file("[]"), .headerSyntax(position: 0, expected: "an object")),
        (file("{"), .headerSyntax(position: 1, expected: "a string")),
        (file("{}x"), .headerSyntax(position: 2, expected: "nothing but spaces after the object")),
        (file("{\"a\""), .headerSyntax(position: 4, expected: "a colon")),
        (file("{\"a"), .headerSyntax(position: 3, expected: "the end of a string")),
        (file("{\"a\":1}"), .headerSyntax(position: 5, expected: "an object")),
        (
            file("{\"a\":{\"x\":1}}"),
            .headerSyntax(position: 10, expected: "dtype, shape or data_offsets instead of 'x'")
        ),
        (
            file("{\"a\":{\"dtype\":\"U8\",\"shape\":[0]}}"),
            .headerSyntax(position: 31, expected: "a dtype, a shape and two data_offsets for 'a'")
        ),
        (file("{\"__metadata__\":{\"a\":1}}"), .headerSyntax(position: 21, expected: "a string")),
        (file("{\"\\q\":{}}"), .headerSyntax(position: 3, expected: "an escape that JSON knows")),
        (file("{\"\\ud800\":{}}"), .headerSyntax(position: 8, expected: "the second half of a surrogate pair")),
        (file("{\"\\u12\":{}}"), .headerSyntax(position: 6, expected: "four hexadecimal digits")),
        (file("{\"\n\":{}}"), .headerSyntax(position: 2, expected: "no control character")),
        (file("{\"a\":\(entry("U8", "[-1]"))}", data: 4), .headerSyntax(position: 28, expected: "a whole number")),
        (
            file("{\"a\":\(entry("U8", "[4.0]"))}", data: 4),
            .headerSyntax(position: 29, expected: "a comma or the end of an array")
        ),
        (file("{\"a\":\(entry("U8", "[04]"))}", data: 4), .headerSyntax(position: 28, expected: "a whole number")),
        (
            file("{\"a\":\(entry("U8", "[9223372036854775808]"))}", data: 4),
            .headerSyntax(position: 46, expected: "a number below 2^63")
        ),
        (file("{\"a\":\(entry()),\"a\":\(entry())}", data: 4), .duplicateName("a")),
        (file("{\"a\":\(entry()),\"\\u0061\":\(entry())}", data: 4), .duplicateName("a")),
        (file("{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\"}}", data: 4), .duplicateName("dtype")),
        (file("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}"), .duplicateName("k")),
        (file("{\"a\":\(entry("Q4"))}", data: 4), .unknownElement(tensor: "a", actual: "Q4")),
        (
            file("{\"a\":\(entry("F64", "[4611686018427387904]"))}", data: 4),
            .uncountable(tensor: "a", shape: [4_611_686_018_427_387_904])
        ),
        (
            file("{\"a\":\(entry("U8", "[4611686018427387904,4]"))}", data: 4),
            .uncountable(tensor: "a", shape: [4_611_686_018_427_387_904, 4])
        ),
        (
            file("{\"a\":\(entry("F32"))}", data: 4),
            .rangeSize(tensor: "a", shape: [4], element: .float32, expected: 16, begin: 0, end: 4)
        ),
        (
            file("{\"a\":\(entry("U8", "[4]", "[4,0]"))}", data: 4),
            .rangeSize(tensor: "a", shape: [4], element: .uint8, expected: 4, begin: 4, end: 0)
        ),
        (
            file("{\"a\":\(entry()),\"b\":\(entry("U8", "[4]", "[2,6]"))}", data: 6),
            .overlap(tensor: "b", expectedBegin: 4, actualBegin: 2)
        ),
        (file("{\"a\":\(entry()),\"b\":\(entry())}", data: 4), .overlap(tensor: "b", expectedBegin: 4, actualBegin: 0)),
        (
            file("{\"a\":\(entry()),\"b\":\(entry("U8", "[4]", "[5,9]"))}", data: 9),
            .hole(tensor: "b", expectedBegin: 4, actualBegin: 5)
        ),
        (file("{\"a\":\(entry("U8", "[4]", "[1,5]"))}", data: 5), .hole(tensor: "a", expectedBegin: 0, actualBegin: 1)),
        (file("{\"a\":\(entry())}", data: 3), .dataLength(expected: 4, actual: 3)),
        (file("{\"a\":\(entry())}", data: 5), .dataLength(expected: 4, actual: 5)),
    ]

    @Test(arguments: malformed.indices) func malformedFilesAreRefused(index: Int) {
        let (bytes, error) = Self.malformed[index]
        #expect(throws: error) { try SafetensorsFile(bytes) }
    }

    @Test func aNameMustBeText() {
        var bytes = Self.file("{\"ab\":\(Self.entry())}", data: 4)
        bytes[10] = 0xFF
        #expect(throws: SafetensorsError.headerSyntax(position: 2, expected: "a string in UTF-8")) {
            try SafetensorsFile(bytes)
        }
    }

    @Test func everyElementIsReadAsItIs() throws {
        func read(_ dtype: String, _ data: [UInt8]) throws -> SafetensorsFile {
            let size = SafetensorsElement(rawValue: dtype)?.size ?? 1
            let header = "{\"a\":\(Self.entry(dtype, "[\(data.count / size)]", "[0,\(data.count)]"))}"
            return try SafetensorsFile(Self.file(header) + data)
        }
        #expect(try read("F32", [0, 0, 0x80, 0x3F]).floats("a").values == [1])
        #expect(try read("F64", [0, 0, 0, 0, 0, 0, 0xF8, 0xBF]).floats("a").values == [-1.5])
        #expect(try read("BF16", [0x80, 0x3F, 0x20, 0xC0]).floats("a").values == [1, -2.5])
        let halves: [UInt8] = [0, 0x3C, 0, 0xC1, 1, 0, 0, 0x04, 0xFF, 0x7B, 0, 0xFC]
        #expect(try read("F16", halves).floats("a").values == [1, -2.5, 0x1p-24, 0x1p-14, 65504, -.infinity])
        #expect(try read("F16", [0, 0x7E]).floats("a").values[0].isNaN)
        #expect(try read("I64", [255, 255, 255, 255, 255, 255, 255, 255]).integers("a") == [-1])
        #expect(try read("I32", [254, 255, 255, 255]).integers("a") == [-2])
        #expect(try read("I16", [254, 255]).integers("a") == [-2])
        #expect(try read("I8", [253]).integers("a") == [-3])
        #expect(try read("U32", [254, 255, 255, 255]).integers("a") == [4_294_967_294])
        #expect(try read("U16", [254, 255]).integers("a") == [65534])
        #expect(try read("U8", [253]).integers("a") == [253])
        let bytes = try read("U8", [1])
        #expect(throws: SafetensorsError.self) { try bytes.floats("a") }
        #expect(throws: SafetensorsError.missingTensor("b")) { try bytes.integers("b") }
        #expect(throws: SafetensorsError.shapeMismatch(tensor: "a", expected: [2], actual: [1])) {
            try bytes.integers("a", shape: [2])
        }
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        var content = SafetensorsContent(metadata: ["k\"\\\n": "v\u{1F600}é\u{1}"])
        try content.add("z", try Tensor(shape: [2, 2], values: [1, -2, .pi, -0.0]))
        try content.add("odd name \"\\/", shape: [3], bytes: [1, 2, 3])
        try content.add("n", shape: [], integers: [.min])
        try content.add("empty", try Tensor(zeros: [0, 5]))
        let file = try SafetensorsFile(content.bytes())
        #expect(file.names.last == "odd name \"\\/")
        #expect(file.metadata == content.metadata)
        #expect(
            try file.floats("z", shape: [2, 2]).values.map(\.bitPattern) == [1, -2, Float.pi, -0.0].map(\.bitPattern))
        #expect(try file.integers("odd name \"\\/", shape: [3]) == [1, 2, 3])
        #expect(try file.integers("n", shape: []) == [.min])
        #expect(try file.floats("empty").shape == [0, 5])
        #expect(throws: SafetensorsError.duplicateName("z")) { try content.add("z", shape: [0], bytes: []) }
        #expect(throws: ShapeError.self) { try content.add("y", shape: [2], bytes: [1]) }
    }

    /// zlib.crc32 of Python.
    @Test(arguments: [("", "00000000"), ("123456789", "cbf43926"), ("latent", "6cf1fd73")])
    func theChecksumIsZlibs(text: String, expected: String) {
        var check = CyclicRedundancyCheck()
        Array(text.utf8).withUnsafeBytes { check.update($0) }
        #expect(check.text == expected)
    }

    @Test func everyFlippedBitOfTheDataIsFound() throws {
        var content = SafetensorsContent()
        try content.add("a", try Tensor(shape: [3], values: [1, 2, 3]))
        let sound = content.bytes(checksum: true)
        #expect(try SafetensorsFile(sound).floats("a").values == [1, 2, 3])
        for bit in 0..<96 {
            var bytes = sound
            bytes[sound.count - 12 + bit / 8] ^= 1 << UInt8(bit % 8)
            let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(bytes) }
            #expect(error?.description.hasPrefix("The data are damaged") == true)
        }
    }

    /// Whatever happens to a file, reading it ends in an error or in tensors; it never traps.
    @Test func damagedFilesNeverTrap() throws {
        var content = SafetensorsContent(metadata: ["format": "pt", "e": "\u{e9}\n"])
        try content.add("weight", try Tensor(shape: [2, 3], values: [1, 2, 3, 4, 5, 6]))
        try content.add("label", shape: [5], bytes: [1, 2, 3, 4, 5])
        try content.add("count", shape: [], integers: [7])
        let sound = content.bytes()
        let tokens = ["9223372036854775807", "-1", "[", "]", "{", "}", "\"", "\\u", "0", "\\", "1e9", ",", "F64", " "]
        var random = RandomSource(seed: 11)
        var accepted = 0
        for _ in 0..<6000 {
            var bytes = sound
            for _ in 0...random.index(below: 3) {
                let place = Int(random.index(below: UInt32(max(1, bytes.count))))
                switch random.index(below: 5) {
                case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(random.index(below: 8))
                case 1 where !bytes.isEmpty: bytes[place] = UInt8(truncatingIfNeeded: random.nextUInt32())
                case 2: bytes.removeSubrange(place...)
                case 3:
                    bytes.insert(
                        contentsOf: tokens[Int(random.index(below: UInt32(tokens.count)))].utf8,
                        at: min(place, bytes.count))
                default: bytes.removeSubrange(place..<min(bytes.count, place + 3))
                }
            }
            guard let file = try? SafetensorsFile(bytes) else { continue }
            accepted += 1
            for name in file.names {
                _ = try? file.floats(name)
                _ = try? file.integers(name)
            }
        }
        #expect(accepted < 3000)
    }
}
