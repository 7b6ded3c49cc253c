/// SplitMix64: the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// True once in so many times.
    mutating func oneIn(_ count: Int) -> Bool { number(1...count) == 1 }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[number(0...choices.count - 1)] }

    mutating func bytes(_ count: ClosedRange<Int>, of alphabet: [UInt8]) -> [UInt8] {
        (0..<number(count)).map { _ in pick(alphabet) }
    }
}

/// Bytes that the grammar allows in one place.
enum Alphabet {
    private static let alphanumeric = Array(0x30...0x39) + Array(0x41...0x5A) + Array(0x61...0x7A) as [UInt8]
    static let digit = Array(0x30...0x39) as [UInt8]
    /// RFC 9110 §5.6.2
    static let token = alphanumeric + Array("!#$%&'*+-.^_`|~".utf8)
    /// RFC 3986 §3.2.2, without percent-encoding
    static let registeredName = alphanumeric + Array("-._~!$&'()*+,;=".utf8)
    /// RFC 3986 §3.3, percent-encoding made apart
    static let path = registeredName + Array(":@/".utf8)
    static let query = path + Array("?{|}[]".utf8)
    /// RFC 9110 §5.5: visible ones, and those over 127
    static let visible = Array(0x21...0x7E) + Array(0x80...0xFF) as [UInt8]
    static let value = visible + Array(" \t  ".utf8)
    /// RFC 9110 §5.6.4, the backslash and the quote made apart
    static let quotedText = value.filter { $0 != 0x22 && $0 != 0x5C }
    static let any = Array(0x00...0xFF) as [UInt8]
}
