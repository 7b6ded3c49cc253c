import CZlib

/// How much a gzip stream may inflate to.
public struct GzipLimits: Sendable, Equatable {
    /// The most bytes that may come out.
    public var bytes: Int
    /// The most bytes that may come out for each byte that goes in, looked at once more than 1 MiB came out.
    /// Deflate itself cannot exceed 1,032.
    public var ratio: Int

    public init(bytes: Int, ratio: Int = 200) {
        self.bytes = bytes
        self.ratio = ratio
    }
}

/// What deflated data are wrapped in.
public enum DeflateFormat: Sendable {
    /// RFC 1952.
    case gzip
    /// RFC 1950, which HTTP calls deflate.
    case zlib
}

/// Whole gzip or zlib streams in memory, bounded.
public enum Gzip {
    /// Whether the bytes begin like a gzip stream.
    public static func isGzip(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    /// Inflates a whole stream into at most `limit` bytes. Throws any `GzipError`.
    public static func inflate(_ bytes: [UInt8], limit: Int) throws(GzipError) -> [UInt8] {
        try inflate(bytes, limits: GzipLimits(bytes: limit))
    }

    /// Inflates a whole stream within `limits`. Throws any `GzipError`.
    public static func inflate(
        _ bytes: [UInt8], limits: GzipLimits, format: DeflateFormat = .gzip
    ) throws(GzipError) -> [UInt8] {
        guard format == .zlib || isGzip(bytes) else { throw .notGzip }
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 64 << 10)
        defer { buffer.deallocate() }
        var inflater = try GzipInflater(format)
        var output: [UInt8] = []
        let (byRatio, overflow) = bytes.count.multipliedReportingOverflow(by: limits.ratio)
        let ratioLimit = max(overflow ? Int.max : byRatio, 1 << 20)
        let consume: (UnsafeBufferPointer<UInt8>) throws(GzipError) -> Bool = { piece throws(GzipError) in
            guard piece.count <= limits.bytes - output.count else { throw .tooLarge(limit: limits.bytes) }
            guard piece.count <= ratioLimit - output.count else { throw .ratioTooHigh(limit: limits.ratio) }
            output.append(contentsOf: piece)
            return true
        }
        // Pieces, since zlib counts its input in 32 bits.
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + (1 << 24))
            var failure: GzipError?
            bytes.withUnsafeBytes { whole in
                do throws(GzipError) {
                    try inflater.inflate(
                        UnsafeRawBufferPointer(rebasing: whole[start..<end]), into: buffer, consume: consume)
                } catch { failure = error }
            }
            if let failure { throw failure }
            start = end
        }
        guard inflater.isAtEnd else { throw .truncated(inflated: output.count) }
        return output
    }

    /// Deflates bytes into one stream; `level` is zlib's, 1 (fast) to 9 (small).
    public static func deflate(
        _ bytes: [UInt8], level: Int = 6, format: DeflateFormat = .gzip
    ) throws(GzipError) -> [UInt8] {
        guard bytes.count <= Int(UInt32.max) / 2 else { throw .tooLarge(limit: Int(UInt32.max) / 2) }
        var stream = z_stream()
        // On the stack for the length of one call: the stream is moved only between `withUnsafeMutablePointer`s of others.
        return try withUnsafeMutablePointer(to: &stream) { stream throws(GzipError) in
            let level = Int32(min(max(level, 1), 9))
            let status =
                format == .gzip ? czlib_deflate_init_gzip(stream, level) : czlib_deflate_init_zlib(stream, level)
            guard status == Z_OK else { throw .unavailable }
            defer { deflateEnd(stream) }
            var output = [UInt8](repeating: 0, count: Int(deflateBound(stream, UInt(bytes.count))))
            let end = bytes.withUnsafeBufferPointer { input in
                output.withUnsafeMutableBufferPointer { output in
                    stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                    stream.pointee.avail_in = UInt32(input.count)
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(output.count)
                    return CZlib.deflate(stream, Z_FINISH)
                }
            }
            guard end == Z_STREAM_END else { throw .unavailable }
            output.removeLast(Int(stream.pointee.avail_out))
            return output
        }
    }
}
