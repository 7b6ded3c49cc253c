import Foundation

/// A job's name for machines: `job_` and 26 letters and digits that sort by the time of submission.
public struct JobIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The identifier as clients see it.
    public let text: String

    /// Takes an identifier from outside; nil when it cannot be one.
    public init?(_ text: some StringProtocol) {
        let digits = text.utf8.dropFirst(Self.prefix.utf8.count)
        guard text.hasPrefix(Self.prefix), digits.count == Self.length,
            digits.allSatisfy({ Self.alphabet.contains($0) })
        else { return nil }
        self.text = String(text)
    }

    /// Makes the identifier of a job submitted at `milliseconds` since 1970.
    ///
    /// 48 bits of time come first, 80 random bits after them, in Crockford's base 32 (as a ULID).
    init(milliseconds: UInt64, random: inout some RandomNumberGenerator) {
        var digits: [UInt8] = []
        for position in (0..<10).reversed() {
            digits.append(Self.alphabet[Int((milliseconds >> (5 * UInt64(position))) & 31)])
        }
        for _ in 0..<16 {
            digits.append(Self.alphabet[Int.random(in: 0..<32, using: &random)])
        }
        text = Self.prefix + String(decoding: digits, as: UTF8.self)
    }

    /// The time of submission, in milliseconds since 1970.
    var milliseconds: UInt64 {
        text.utf8.dropFirst(Self.prefix.utf8.count).prefix(10).reduce(0) { time, digit in
            (time << 5) | UInt64(Self.alphabet.firstIndex(of: digit) ?? 0)
        }
    }

    public var description: String { text }

    public static func < (left: JobIdentifier, right: JobIdentifier) -> Bool { left.text < right.text }

    private static let prefix = "job_"
    private static let length = 26
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
}
