/// Why bytes could not be inflated or deflated.
public enum GzipError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The first bytes are not a gzip stream's.
    case notGzip
    /// The stream ends before its end mark; `inflated` bytes came out until then.
    case truncated(inflated: Int)
    /// The stream is whole, but its content is not what was compressed.
    case checksumMismatch(expected: UInt32, actual: UInt32)
    /// The compressed data breaks deflate's rules; `reason` is zlib's.
    case corrupt(reason: String)
    /// More than `limit` bytes come out.
    case tooLarge(limit: Int)
    /// More than `limit` bytes come out for each byte that went in.
    case ratioTooHigh(limit: Int)
    /// Something that is no gzip stream follows the last one.
    case trailingBytes
    /// zlib could not be started, which on a healthy machine means that memory ran out.
    case unavailable

    public var description: String {
        switch self {
        case .notGzip: "The data is not a gzip stream."
        case .truncated(let inflated): "The gzip stream is cut short: it ends after \(inflated) inflated bytes."
        case .checksumMismatch(let expected, let actual):
            "The gzip stream's checksum is \(hexadecimal(expected)), its content's is \(hexadecimal(actual))."
        case .corrupt(let reason): "The gzip stream is corrupt: \(reason)."
        case .tooLarge(let limit): "The gzip stream inflates to more than \(limit) bytes."
        case .ratioTooHigh(let limit): "The gzip stream inflates to more than \(limit) times its size."
        case .trailingBytes: "Other bytes follow the gzip stream."
        case .unavailable: "zlib could not be started."
        }
    }
}

func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
}
