/// Base64 with padding and nothing in between (RFC 4648 §4), read by a table: Foundation's way through `Data` takes three copies.
enum Base64 {
    /// By byte, its six bits, or `none`.
    private static let digits: [UInt8] = {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        var digits = [UInt8](repeating: none, count: 256)
        for (value, byte) in alphabet.utf8.enumerated() { digits[Int(byte)] = UInt8(value) }
        return digits
    }()
    /// Has the bits that no digit has.
    private static let none: UInt8 = 0xC0

    /// The bytes that a text stands for; nil where it is no base64.
    static func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8(decode)
    }

    private static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let padding = text.suffix(2).reversed().prefix { $0 == 0x3D }.count
        let (digitCount, byteCount) = (text.count - padding, text.count / 4 * 3 - padding)
        var seen: UInt8 = 0
        let bytes = digits.withUnsafeBufferPointer { digits in
            [UInt8](unsafeUninitializedCapacity: byteCount) { bytes, count in
                /// The 24 bits of four digits, 0 for those that are not there.
                func group(_ first: Int) -> UInt32 {
                    var bits: UInt32 = 0
                    for place in first..<first + 4 {
                        let digit = place < digitCount ? digits[Int(text[place])] : 0
                        seen |= digit
                        bits = bits << 6 | UInt32(digit)
                    }
                    return bits
                }
                let whole = byteCount / 3
                for index in 0..<whole {
                    let bits = group(4 * index)
                    bytes[3 * index] = UInt8(truncatingIfNeeded: bits >> 16)
                    bytes[3 * index + 1] = UInt8(truncatingIfNeeded: bits >> 8)
                    bytes[3 * index + 2] = UInt8(truncatingIfNeeded: bits)
                }
                if padding > 0 {
                    let bits = group(4 * whole)
                    for place in 0..<byteCount % 3 {
                        bytes[3 * whole + place] = UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * place))
                    }
                }
                count = byteCount
            }
        }
        return seen & none == 0 ? bytes : nil
    }
}
