import COpenSSL
import Foundation

/// The SHA-256 digest of some bytes: 32 of them, shown as 64 lower-case hexadecimal digits.
public struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
    /// The 32 bytes of the digest.
    public let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Reads 64 hexadecimal digits of either case; nil for anything else.
    public init?(hexadecimal: some StringProtocol) {
        let digits = Array(hexadecimal.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        for pair in stride(from: 0, to: 64, by: 2) {
            guard let high = Self.value(ofDigit: digits[pair]), let low = Self.value(ofDigit: digits[pair + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        self.bytes = bytes
    }

    /// 64 lower-case hexadecimal digits.
    public var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    public var description: String { hexadecimal }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}

/// What can go wrong while a digest is computed.
public enum DigestError: Error, Equatable, Sendable, CustomStringConvertible {
    /// OpenSSL refused the named operation, which on a healthy machine means that memory ran out.
    case unavailable(operation: String)
    /// The file could not be opened or read; `reason` is the system's.
    case unreadable(file: String, reason: String)

    public var description: String {
        switch self {
        case .unavailable(let operation): "SHA-256 is unavailable: OpenSSL's \(operation) failed."
        case .unreadable(let file, let reason): "'\(file)' cannot be read: \(reason)."
        }
    }
}

/// An incremental SHA-256: feed it with `update`, end it once with `finish`.
public struct SHA256: ~Copyable {
    private let context: OpaquePointer

    /// Starts an empty digest. Throws `DigestError.unavailable`.
    public init() throws(DigestError) {
        guard let context = EVP_MD_CTX_new() else { throw .unavailable(operation: "EVP_MD_CTX_new") }
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            EVP_MD_CTX_free(context)
            throw .unavailable(operation: "EVP_DigestInit_ex")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes to what is digested.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) throws(DigestError) {
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
            throw .unavailable(operation: "EVP_DigestUpdate")
        }
    }

    /// Adds bytes to what is digested.
    public mutating func update(_ bytes: [UInt8]) throws(DigestError) {
        let added = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        guard added == 1 else { throw .unavailable(operation: "EVP_DigestUpdate") }
    }

    /// Ends the digest and returns it.
    public consuming func finish() throws(DigestError) -> SHA256Digest {
        var bytes = [UInt8](repeating: 0, count: 32)
        let finished = bytes.withUnsafeMutableBufferPointer { EVP_DigestFinal_ex(context, $0.baseAddress, nil) }
        guard finished == 1 else { throw .unavailable(operation: "EVP_DigestFinal_ex") }
        return SHA256Digest(bytes: bytes)
    }

    /// The digest of bytes in memory.
    public static func hash(_ bytes: [UInt8]) throws(DigestError) -> SHA256Digest {
        var digest = try SHA256()
        try digest.update(bytes)
        return try digest.finish()
    }

    /// The digest of a string's UTF-8 bytes.
    public static func hash(_ text: String) throws(DigestError) -> SHA256Digest {
        try hash(Array(text.utf8))
    }

    /// The digest of a file's content, read in pieces of 256 KiB.
    public static func hash(contentsOf file: URL) throws(DigestError) -> SHA256Digest {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(file) }
        defer { close(descriptor) }
        var digest = try SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw unreadable(file)
            }
            try digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        return try digest.finish()
    }

    private static func unreadable(_ file: URL) -> DigestError {
        .unreadable(file: file.lastPathComponent, reason: String(cString: strerror(errno)))
    }
}
