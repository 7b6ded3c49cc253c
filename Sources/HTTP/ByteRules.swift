/// The character classes of RFC 9110 and RFC 3986, on bytes.
enum ByteRules {
    static let carriageReturn: UInt8 = 0x0D
    static let lineFeed: UInt8 = 0x0A
    static let space: UInt8 = 0x20
    static let tab: UInt8 = 0x09
    static let colon: UInt8 = 0x3A
    static let percent: UInt8 = 0x25

    /// RFC 9110 §5.6.2 `tchar`.
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    /// RFC 9110 §5.5: visible, obs-text, space and tab.
    static func isFieldValue(_ byte: UInt8) -> Bool {
        byte >= 0x20 ? byte != 0x7F : byte == tab
    }

    /// Visible ASCII but what RFC 3986 keeps out of a target: the fragment's `#`, quotes, `<>`, `\`, `^`, `` ` ``.
    /// `{|}` are let through: clients send them unescaped in queries.
    static func isTarget(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x22, 0x23, 0x3C, 0x3E, 0x5C, 0x5E, 0x60: false
        default: byte > 0x20 && byte < 0x7F
        }
    }

    /// RFC 3986 `reg-name` and IPv4: unreserved and sub-delims.
    static func isRegisteredName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        case 0x21, 0x24, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x2B, 0x2C, 0x3B, 0x3D: true
        default: false
        }
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }

    /// Whether the bytes equal a lower-case ASCII word, whatever their case.
    static func matches(_ bytes: Span<UInt8>, _ word: StaticString) -> Bool {
        guard bytes.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { expected in
            for index in 0..<expected.count where lowercased(bytes[index]) != expected[index] { return false }
            return true
        }
    }

    /// Without the optional white space (space, tab) around.
    static func trimmed(_ bytes: Span<UInt8>, from: Int, to: Int) -> Range<Int> {
        var lower = from
        var upper = to
        while lower < upper, bytes[lower] == space || bytes[lower] == tab { lower += 1 }
        while upper > lower, bytes[upper - 1] == space || bytes[upper - 1] == tab { upper -= 1 }
        return lower..<upper
    }

    static func string(_ bytes: Span<UInt8>) -> String {
        bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// `host [":" port]` with a non-empty host: a registered name, an IPv4 address or a bracketed IPv6 one.
    static func isAuthority(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count > 0 else { return false }
        var index = 0
        if bytes[0] == 0x5B {
            index = 1
            while index < bytes.count, bytes[index] != 0x5D {
                guard hexValue(bytes[index]) != nil || bytes[index] == colon || bytes[index] == 0x2E else {
                    return false
                }
                index += 1
            }
            guard index > 2, index < bytes.count else { return false }
            index += 1
        } else {
            while index < bytes.count, isRegisteredName(bytes[index]) { index += 1 }
            guard index > 0 else { return false }
        }
        if index == bytes.count { return true }
        guard bytes[index] == colon, bytes.count - index <= 6 else { return false }
        var port = 0
        for digit in (index + 1)..<bytes.count {
            guard isDigit(bytes[digit]) else { return false }
            port = port * 10 + Int(bytes[digit] - 0x30)
        }
        return port <= 65535
    }
}
