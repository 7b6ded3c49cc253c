import CKernels
import Tensors
import Testing

@testable import Serving

@Suite struct FloatTextTests {
    private func print(_ values: [Float]) throws -> String {
        var writer = JSONWriter()
        try writer.floats(values[...], shape: [values.count], name: "values")
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(
        arguments: [
            (0, "0"), (-0.0, "-0"), (1, "1"), (-1, "-1"), (0.1, "0.1"), (0.5, "0.5"), (100, "100"), (1234.5, "1234.5"),
            (16_777_216, "16777216"), (1e9, "1e9"), (1e8, "100000000"), (1e10, "1e10"), (3.4028235e38, "3.4028235e38"),
            (Float.leastNonzeroMagnitude, "1e-45"), (1.1754944e-38, "1.1754944e-38"), (0.00001, "0.00001"),
            (0.000001, "1e-6"), (0.00012345, "0.00012345"),
            (0.3333333433, "0.33333334"), (9.5367431640625e-7, "9.536743e-7"), (33_554_432, "33554432"),
            (2.5e-3, "0.0025"), (-1.1754944e-38, "-1.1754944e-38"), (-0.000123456789, "-0.00012345679"),
            (123_456_792, "123456790"),
        ] as [(Float, String)])
    func printsShortest(value: Float, text: String) throws {
        #expect(try print([value]) == "[\(text)]")
    }

    private static func randomFloats(_ count: Int, stream: Int) -> [Float] {
        var random = RandomSource(seed: 7, stream: UInt64(stream))
        var values: [Float] = []
        values.reserveCapacity(count)
        while values.count < count {
            let value = Float(bitPattern: random.nextUInt32())
            if value.isFinite { values.append(value) }
        }
        return values
    }

    /// Every bit pattern that is a number comes back bit for bit.
    @Test(arguments: 0..<10) func roundTripsRandomBitPatterns(part: Int) throws {
        let values = Self.randomFloats(100_000, stream: part)
        let document = try JSONParser.parse(Array(try print(values).utf8))
        guard case .floats(let block) = document.root else {
            Issue.record("not floats")
            return
        }
        #expect(block.shape == [values.count])
        #expect(values.map(\.bitPattern) == document.floats.map(\.bitPattern))
    }

    /// As few digits as the standard library needs, and the same ones, the same bytes from every instruction set; no byte
    /// behind the room is touched.
    @Test(arguments: [1, 7, 8, 28, 63, 64, 65, 10_000])
    func printsTheStandardLibrarysDigits(count: Int) throws {
        let values = Self.randomFloats(count, stream: 99)
        let texts = try Self.instructionSets.map { try Self.print(values, with: $0) }
        #expect(Set(texts).count == 1)
        let pieces = texts[0].split(separator: ",")
        #expect(pieces.count == count)
        for (value, piece) in zip(values, pieces) {
            #expect(Self.digits(String(piece)) == Self.digits(value.description), "\(value)")
        }
    }

    /// Those that this processor has.
    private static let instructionSets = [LATENTD_PORTABLE, LATENTD_AVX2, LATENTD_AVX512].filter {
        $0.rawValue <= latentd_best_instruction_set().rawValue
    }

    private static func print(_ values: [Float], with instructionSet: latentd_instruction_set) throws -> String {
        let room = values.count * FloatText.maximumLength
        var bytes = [UInt8](repeating: 0xFF, count: room + 64)
        let written = values.withUnsafeBufferPointer { values in
            bytes.withUnsafeMutableBufferPointer { bytes in
                bytes.baseAddress.flatMap { FloatText.write(values, to: $0, with: instructionSet) }
            }
        }
        #expect(bytes[room...].allSatisfy { $0 == 0xFF })
        return String(decoding: bytes[..<(try #require(written))], as: UTF8.self)
    }

    @Test(arguments: instructionSets) func tellsWhatIsNotFinite(set: latentd_instruction_set) {
        for place in 0..<20 {
            var values = [Float](repeating: 0.5, count: 20)
            values[place] = -.infinity
            var bytes = [UInt8](repeating: 0, count: 20 * FloatText.maximumLength)
            #expect(values.withUnsafeBufferPointer { FloatText.write($0, to: &bytes, with: set) } == nil)
        }
    }

    @Test func roundTripsWhereExponentsChange() throws {
        var values: [Float] = []
        for exponent in UInt32(0)..<255 {
            for significand: UInt32 in [0, 1, 2, 0x3F_FFFF, 0x40_0000, 0x7F_FFFE, 0x7F_FFFF] {
                values.append(Float(bitPattern: exponent << 23 | significand))
            }
        }
        let back = try JSONParser.parse(Array(try print(values).utf8)).floats
        #expect(zip(values, back).allSatisfy { $0.bitPattern == $1.bitPattern })
    }

    /// What other programs print: doubles with 17 digits, which must give the float nearest to the decimal.
    @Test func readsDecimalsAsTheNearestFloat() throws {
        var random = RandomSource(seed: 3)
        var texts = [
            "0.1", "16777217", "16777217.0000000000000000000001", "1e-46", "7e-46", "1.1754943e-38", "3.4028235e38",
            "0.50000002980232238769531250", "0.500000029802322387695312500001", "8388608.5", "8388609.5",
            "123456789012345678901234567890",
        ]
        for _ in 0..<10_000 {
            let value = Float(bitPattern: random.nextUInt32())
            guard value.isFinite else { continue }
            texts.append(Double(value).description)
            texts.append((Double(value) * (1 + 1e-9 * Double(random.uniform()))).description)
            // The middle between two floats, exactly.
            let middle = (Double(value) + Double(value.nextUp)) / 2
            if middle.isFinite, abs(middle) < 3e38 { texts.append(middle.description) }
        }
        texts = texts.filter { Float($0)?.isFinite == true }
        let parsed = try JSONParser.parse(Array("[\(texts.joined(separator: ","))]".utf8)).floats
        #expect(parsed.count == texts.count)
        for (text, value) in zip(texts, parsed) where Float(text)?.bitPattern != value.bitPattern {
            Issue.record("\(text) was read as \(value)")
        }
    }

    @Test func nestsRows() throws {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("images")
        try writer.floats([1, 2, 3, 4, 5, 6, 7, 8], shape: [2, 2, 2], name: "images")
        writer.key("empty")
        try writer.floats([], shape: [0, 2], name: "empty")
        writer.key("hollow")
        try writer.floats([], shape: [2, 0, 3], name: "hollow")
        writer.key("text")
        writer.string("a\"\\\n\u{1}é")
        writer.endObject()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"images":[[[1,2],[3,4]],[[5,6],[7,8]]],"empty":[],"hollow":[[],[]],"text":"a\"\\\n\u0001é"}"#)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func refusesWhatIsNotFinite(value: Float) {
        var writer = JSONWriter()
        #expect(throws: NonFiniteResult(output: "images", row: 1)) {
            try writer.floats([1, 2, value, 4], shape: [2, 2], name: "images")
        }
        #expect(throws: NonFiniteResult(output: "norm", row: nil)) { try writer.number(value, name: "norm") }
        #expect(throws: NonFiniteResult(output: "elbo", row: 2)) {
            try writer.number(Double(value), name: "elbo", row: 2)
        }
    }

    /// The significant digits of a printed number.
    private static func digits(_ text: String) -> String {
        var digits = text.prefix { $0 != "e" }.filter { $0.isNumber }
        while digits.hasPrefix("0") { digits.removeFirst() }
        while digits.hasSuffix("0") { digits.removeLast() }
        return digits
    }
}
