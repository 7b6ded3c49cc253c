/// Reads the JSON of a header byte by byte: its few forms, nothing else, and no name twice.
///
/// A general JSON decoder keeps one of two equal keys without a word, so that two programs could read two different
/// tensors from one file. The forms nest three deep, so there is no recursion either.
struct HeaderScanner {
    private let bytes: ArraySlice<UInt8>
    private let start: Int
    private var next: Int

    /// - Parameter bytes: the header alone, without its length.
    init(_ bytes: ArraySlice<UInt8>) {
        (self.bytes, start, next) = (bytes, bytes.startIndex, bytes.startIndex)
    }

    /// Calls `member` at each value of an object, after its name, with the name.
    mutating func object(
        _ member: (inout HeaderScanner, String) throws(SafetensorsError) -> Void
    ) throws(SafetensorsError) {
        try take(UInt8(ascii: "{"), "an object")
        if takeIf(UInt8(ascii: "}")) { return }
        var names: Set<String> = []
        repeat {
            let name = try string()
            guard names.insert(name).inserted else { throw .duplicateName(name) }
            try take(UInt8(ascii: ":"), "a colon")
            try member(&self, name)
        } while takeIf(UInt8(ascii: ","))
        try take(UInt8(ascii: "}"), "a comma or the end of an object")
    }

    /// An array of whole numbers from 0 to the largest `Int`.
    mutating func numbers() throws(SafetensorsError) -> [Int] {
        try take(UInt8(ascii: "["), "an array of whole numbers")
        if takeIf(UInt8(ascii: "]")) { return [] }
        var numbers: [Int] = []
        repeat { numbers.append(try number()) } while takeIf(UInt8(ascii: ","))
        try take(UInt8(ascii: "]"), "a comma or the end of an array")
        return numbers
    }

    mutating func string() throws(SafetensorsError) -> String {
        try take(UInt8(ascii: "\""), "a string")
        let begin = next
        var units: [UInt8] = []
        while next < bytes.endIndex {
            let byte = bytes[next]
            next += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: units, as: UTF8.self) else {
                    throw .headerSyntax(position: begin - start, expected: "a string in UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): units += try escape().utf8
            case 0..<0x20: throw .headerSyntax(position: next - 1 - start, expected: "no control character")
            default: units.append(byte)
            }
        }
        throw unexpected("the end of a string")
    }

    /// Checks that only padding is left.
    mutating func end() throws(SafetensorsError) {
        skipSpace()
        guard next == bytes.endIndex else { throw unexpected("nothing but spaces after the object") }
    }

    func unexpected(_ expected: String) -> SafetensorsError {
        .headerSyntax(position: next - start, expected: expected)
    }

    private mutating func number() throws(SafetensorsError) -> Int {
        skipSpace()
        let begin = next
        var value = 0
        while next < bytes.endIndex, case let digit = bytes[next], digit >= 0x30, digit <= 0x39 {
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, stillTooLarge) = product.addingReportingOverflow(Int(digit - 0x30))
            guard !tooLarge, !stillTooLarge else { throw unexpected("a number below 2^63") }
            value = sum
            next += 1
        }
        guard next > begin, next == begin + 1 || bytes[begin] != 0x30 else {
            next = begin
            throw unexpected("a whole number")
        }
        return value
    }

    private mutating func escape() throws(SafetensorsError) -> Character {
        guard next < bytes.endIndex else { throw unexpected("an escape") }
        let byte = bytes[next]
        next += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Character(UnicodeScalar(byte))
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedScalar()
        default:
            next -= 1
            throw unexpected("an escape that JSON knows")
        }
    }

    private mutating func escapedScalar() throws(SafetensorsError) -> Character {
        let first = try hexadecimal()
        if let scalar = UnicodeScalar(first) { return Character(scalar) }
        guard first < 0xDC00, next + 1 < bytes.endIndex, bytes[next] == UInt8(ascii: "\\"),
            bytes[next + 1] == UInt8(ascii: "u")
        else { throw unexpected("the second half of a surrogate pair") }
        next += 2
        let second = try hexadecimal()
        guard second >= 0xDC00, second < 0xE000,
            let scalar = UnicodeScalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw unexpected("the second half of a surrogate pair") }
        return Character(scalar)
    }

    private mutating func hexadecimal() throws(SafetensorsError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard next < bytes.endIndex, let digit = Character(UnicodeScalar(bytes[next])).hexDigitValue else {
                throw unexpected("four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            next += 1
        }
        return value
    }

    private mutating func skipSpace() {
        while next < bytes.endIndex {
            switch bytes[next] {
            case 0x20, 0x09, 0x0A, 0x0D: next += 1
            default: return
            }
        }
    }

    private mutating func takeIf(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next < bytes.endIndex, bytes[next] == byte else { return false }
        next += 1
        return true
    }

    private mutating func take(_ byte: UInt8, _ expected: String) throws(SafetensorsError) {
        guard takeIf(byte) else { throw unexpected(expected) }
    }
}
