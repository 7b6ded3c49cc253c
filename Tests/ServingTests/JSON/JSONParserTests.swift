import Tensors
import Testing

@testable import Serving

@Suite struct JSONParserTests {
    private func parse(_ text: String) throws -> JSONDocument { try JSONParser.parse(Array(text.utf8)) }

    @Test(arguments: [
        ("null", JSONNode.null), (" true ", .bool(true)), ("false", .bool(false)), ("0", .integer(0)),
        ("-12", .integer(-12)), ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(0x1p63)),
        ("1.5e2", .number(150)), ("1E-2", .number(0.01)), (#""a\n\u00e9\ud83d\ude00""#, .string("a\né😀")),
        ("{}", .object(JSONObject())), ("\"\"", .string("")),
    ])
    func readsScalars(text: String, expected: JSONNode) throws {
        #expect(try parse(text).root == expected)
    }

    @Test(
        arguments: [
            ("[]", [0], []), ("[1]", [1], [1]), ("[[1,2],[3,4]]", [2, 2], [1, 2, 3, 4]),
            ("[ [ ] , [ ] ]", [2, 0], []), ("[[[[0.5]]]]", [1, 1, 1, 1], [0.5]),
            ("[[[1,2]],[[3,4]],[[5,-6]]]", [3, 1, 2], [1, 2, 3, 4, 5, -6]),
        ] as [(String, [Int], [Float])])
    func putsRegularArraysIntoFloats(text: String, shape: [Int], values: [Float]) throws {
        let document = try parse(text)
        guard case .floats(let block) = document.root else {
            Issue.record("not floats: \(document.root)")
            return
        }
        #expect(block.shape == shape)
        #expect(document.values(of: block) == values)
    }

    /// 2^24 + 1 and 2^53 + 1 are no floats and no doubles.
    @Test func keepsNumbersExactWhereAsked() throws {
        let text = #"{"exact": [16777217, 9007199254740993, -1, 1.5], "other": [16777217], "in": {"exact": [[1], []]}}"#
        let document = try JSONParser.parse(Array(text.utf8), exactKeys: ["exact"])
        guard case .object(let object) = document.root, case .object(let inner)? = object["in"],
            case .array(let nested)? = inner["exact"], case .floats(let other)? = object["other"]
        else {
            Issue.record("another tree: \(document.root)")
            return
        }
        #expect(
            object["exact"]
                == .array([.integer(16_777_217), .integer(9_007_199_254_740_993), .integer(-1), .number(1.5)]))
        #expect(document.values(of: other) == [16_777_216])
        #expect(nested.count == 2)
        #expect(throws: JSONSyntaxError.self) {
            try JSONParser.parse(Array(#"{"exact": [1, 2"#.utf8), exactKeys: ["exact"])
        }
        #expect(try JSONParser.parse(Array(#"{"exact": []}"#.utf8), exactKeys: ["exact"]).floats.isEmpty)
    }

    @Test func keepsIrregularArraysApart() throws {
        let document = try parse(#"{"a": [[1, 2], [3]], "b": [1, "x", 2], "c": [[1], 2], "d": [[[[[1]]]]]}"#)
        guard case .object(let object) = document.root, case .array(let ragged)? = object["a"],
            case .array(let mixed)? = object["b"], case .array(let uneven)? = object["c"],
            case .array(let deep)? = object["d"]
        else {
            Issue.record("not as expected: \(document.root)")
            return
        }
        guard case .floats(let first) = ragged[0], case .floats(let second) = ragged[1] else {
            Issue.record("rows are not floats")
            return
        }
        #expect(document.values(of: first) == [1, 2])
        #expect(document.values(of: second) == [3])
        #expect(mixed == [.number(1), .string("x"), .number(2)])
        #expect(uneven.count == 2 && uneven[1] == .number(2))
        #expect(deep.count == 1)
    }

    @Test(arguments: [
        ("", JSONSyntaxError.Reason.unexpectedEnd), ("[1,2", .unexpectedEnd), ("{\"a\":1", .unexpectedEnd),
        ("[1,]", .unexpectedByte(0x5D, expected: "a value")), ("[1 2]", .unexpectedByte(0x32, expected: "',' or ']'")),
        ("{\"a\" 1}", .unexpectedByte(0x31, expected: "':'")),
        ("{a:1}", .unexpectedByte(0x61, expected: "a key in quotes")),
        ("{\"a\":1,}", .unexpectedByte(0x7D, expected: "a key in quotes")), ("1 2", .trailingContent),
        ("{} x", .trailingContent), ("[NaN]", .unexpectedByte(0x4E, expected: "a value")),
        ("NaN", .unexpectedByte(0x4E, expected: "a value")), ("[-Infinity]", .malformedNumber),
        ("1e999", .numberOutOfRange), ("[1e999]", .numberOutOfRange), ("[3.5e38]", .numberOutOfRange),
        ("[-1e39]", .numberOutOfRange), ("01", .malformedNumber), ("[1.]", .malformedNumber),
        ("[.5]", .unexpectedByte(0x2E, expected: "a value")),
        ("[1e]", .malformedNumber), ("[+1]", .unexpectedByte(0x2B, expected: "a value")), ("-", .malformedNumber),
        ("\"a", .unexpectedEnd), ("\"\u{1}\"", .controlCharacter), (#""\x""#, .invalidEscape),
        (#""\u12g4""#, .invalidEscape),
        (#""\ud800""#, .loneSurrogate), (#""\udc00""#, .loneSurrogate), (#""\ud800\u0041""#, .loneSurrogate),
        (#"{"a":1,"a":2}"#, .duplicateKey("a")), ("tru", .unexpectedEnd),
        ("nul1", .unexpectedByte(0x31, expected: "true, false or null")),
        (#"{"a":[1],"\u0061":2}"#, .duplicateKey("a")),
    ])
    func refuses(text: String, reason: JSONSyntaxError.Reason) {
        let error = #expect(throws: JSONSyntaxError.self) { try parse(text) }
        #expect(error?.reason == reason)
    }

    @Test(arguments: [
        ("", nil), ("[1", "[1]"), (#"{"a":NaN}"#, "a"), (#"{"a":{"b":[1,2,x]}}"#, "a.b[2]"),
        (#"{"a":[[1,2],[3,1e999]]}"#, "a[1][1]"), (#"{"a":[[[1]],[[2],[Infinity]]]}"#, "a[1][1][0]"),
        (#"{"a":[{"b":1},{"b":01}]}"#, "a[1].b"), (#"{"a":["x",1,{}, tru]}"#, "a[3]"),
        (#"{"a":1,"b":2,"a":2}"#, "a"), (#"{"a":1,}"#, nil), (#"{"a":{"b":1,c}}"#, "a"), (#"{"a":1 2}"#, "a"),
        (String(repeating: "[", count: 65), nil),
    ])
    func saysWhereTheMistakeIs(text: String, path: String?) {
        let error = #expect(throws: JSONSyntaxError.self) { try parse(text) }
        #expect(error?.path == path)
    }

    @Test func boundsDepthLengthAndNumber() throws {
        func reason(_ text: String) -> JSONSyntaxError.Reason? {
            do {
                _ = try parse(text)
                return nil
            } catch { return (error as? JSONSyntaxError)?.reason }
        }
        #expect(reason(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)) == nil)
        #expect(reason(String(repeating: "[", count: 65)) == .tooDeep(limit: 64))
        #expect(reason(String(repeating: "[", count: 10_000_000)) == .tooDeep(limit: 64))
        #expect(reason(String(repeating: "{\"a\":", count: 1000)) == .tooDeep(limit: 64))
        #expect(reason("[" + String(repeating: "9", count: 400) + "]") == .numberTooLong(limit: 100))
        #expect(reason("0." + String(repeating: "1", count: 400)) == .numberTooLong(limit: 100))
        let empty = "[" + String(repeating: "{},", count: 500_000) + "{}]"
        #expect(reason(empty) == .tooManyValues(limit: 400_000))
        let keys = (0..<5000).map { "\"k\($0)\":0" }.joined(separator: ",")
        #expect(reason("{\(keys)}") == nil)
        #expect(reason("{\(keys),\"k77\":0}") == .duplicateKey("k77"))
    }

    @Test func refusesBytesThatAreNotUTF8() {
        for bytes: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] {
            #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(bytes) }
        }
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse([0xEF, 0xBB, 0xBF, 0x31]) }
    }

    /// Whatever a sound document is turned into, the parser answers or throws, and never traps.
    @Test(arguments: 0..<8) func survivesMutations(seed: Int) {
        let sound = Array(
            #"{"latents":[[0.25,-1.5e-3],[1,2]],"x":{"y":[null,true,"a\u00e9\n"],"n":-12.5E+2},"e":[],"r":[[1],[2,3]]}"#
                .utf8)
        let spice = Array("{}[]\",:0123456789eE.+-\\u/ntf \u{0}\u{7F}".utf8) + [0x80, 0xC3, 0xFF]
        var random = RandomSource(seed: UInt64(seed), stream: 9)
        for _ in 0..<4000 {
            var bytes = sound
            for _ in 0...random.index(below: 5) {
                let place = Int(random.index(below: UInt32(bytes.count)))
                switch random.index(below: 4) {
                case 0: bytes[place] = spice[Int(random.index(below: UInt32(spice.count)))]
                case 1: bytes.insert(spice[Int(random.index(below: UInt32(spice.count)))], at: place)
                case 2: bytes.remove(at: place)
                default: bytes.removeSubrange(place...)
                }
                if bytes.isEmpty { bytes = [0x5B] }
            }
            _ = try? JSONParser.parse(bytes)
        }
    }
}
