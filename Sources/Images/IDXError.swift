/// Why a file is not the IDX file that it should be; each case names the file, what was expected and what was there.
public enum IDXError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The system could not open or read it.
    case unreadable(file: String, reason: String)
    /// The first four bytes are not `00 00 TYPE DIMENSIONS`.
    case wrongMagic(file: String, expected: String, actual: String)
    /// An IDX file of another element type than unsigned bytes.
    case unsupportedElementType(file: String, expected: IDXElementType, actual: IDXElementType)
    /// A number of dimensions that is not allowed here.
    case wrongRank(file: String, expected: ClosedRange<Int>, actual: Int)
    /// The dimensions ask for more bytes than `limit`, or for more than 64 bits can count (`bytes` is then nil).
    case tooLarge(file: String, dimensions: [Int], bytes: Int?, limit: Int)
    /// The file is whole as a file or stream, but holds fewer bytes than its dimensions say.
    case truncated(file: String, expected: Int, actual: Int)
    /// The gzip stream breaks off. `expected` is nil where not even the IDX header came out.
    case truncatedGzip(file: String, expected: Int?, actual: Int)
    /// The gzip stream's checksum is not its content's.
    case checksumMismatch(file: String, expected: UInt32, actual: UInt32)
    /// The gzip stream cannot be inflated.
    case corruptGzip(file: String, reason: GzipError)
    /// Bytes follow the last element; `actual` counts those that were seen, at least.
    case trailingBytes(file: String, expected: Int, actual: Int)

    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "'\(file)' cannot be read: \(reason)."
        case .wrongMagic(let file, let expected, let actual):
            "'\(file)' is not an IDX file: it should begin with \(expected), but begins with \(actual)."
        case .unsupportedElementType(let file, let expected, let actual):
            "'\(file)' holds elements of type \(actual); only \(expected) can be read."
        case .wrongRank(let file, let expected, let actual):
            "'\(file)' has \(actual) dimensions instead of \(Self.text(expected))."
        case .tooLarge(let file, let dimensions, let bytes, let limit):
            "'\(file)' says that it holds \(dimensions.map(String.init).joined(separator: "x")) elements, "
                + "\(bytes.map { "\($0) bytes" } ?? "more than 64 bits can count"); the limit is \(limit) bytes."
        case .truncated(let file, let expected, let actual):
            "'\(file)' is cut short: it should hold \(expected) bytes, but holds \(actual)."
        case .truncatedGzip(let file, let expected, let actual):
            "'\(file)' is a gzip stream that breaks off after \(actual) inflated bytes"
                + (expected.map { " of \($0)." } ?? ", before its IDX header is complete.")
        case .checksumMismatch(let file, let expected, let actual):
            "'\(file)' is damaged: its checksum is \(hexadecimal(expected)), its content's is \(hexadecimal(actual))."
        case .corruptGzip(let file, let reason): "'\(file)' cannot be inflated. \(reason)"
        case .trailingBytes(let file, let expected, let actual):
            "'\(file)' is too long: it should hold \(expected) bytes, but holds at least \(actual)."
        }
    }

    private static func text(_ range: ClosedRange<Int>) -> String {
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }
}

/// The element types that the IDX format knows; only unsigned bytes are read.
public enum IDXElementType: UInt8, Sendable, CustomStringConvertible {
    case unsignedByte = 0x08
    case signedByte = 0x09
    case int16 = 0x0B
    case int32 = 0x0C
    case float32 = 0x0D
    case float64 = 0x0E

    public var description: String {
        switch self {
        case .unsignedByte: "unsigned byte"
        case .signedByte: "signed byte"
        case .int16: "16-bit integer"
        case .int32: "32-bit integer"
        case .float32: "32-bit float"
        case .float64: "64-bit float"
        }
    }
}
