import CZlib

/// Inflates a gzip stream piece by piece, never past a limit.
///
/// zlib checks the stream's own checksum and length. Several streams one after the other are one content, as gzip has it.
struct GzipInflater: ~Copyable {
    /// zlib keeps a pointer to its stream, so the stream must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var lastConsumed: [UInt8] = []
    private(set) var inflatedCount = 0
    private(set) var isAtEnd = false
    private let format: DeflateFormat

    init(_ format: DeflateFormat = .gzip) throws(GzipError) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = format == .gzip ? czlib_inflate_init_gzip(stream) : czlib_inflate_init_zlib(stream)
        guard status == Z_OK else {
            stream.deallocate()
            throw .unavailable
        }
        (self.stream, self.format) = (stream, format)
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Takes a piece of the stream and hands what comes out to `consume`, in pieces of at most 128 KiB.
    ///
    /// `consume` returns false to stop early: the rest of the piece is then dropped.
    mutating func inflate(
        _ piece: UnsafeRawBufferPointer, into buffer: UnsafeMutableBufferPointer<UInt8>,
        consume: (UnsafeBufferPointer<UInt8>) throws(GzipError) -> Bool
    ) throws(GzipError) {
        // zlib does not write to its input, but its header of 1995 says that it could.
        guard let start = piece.baseAddress, piece.count > 0, piece.count <= Int(UInt32.max) else { return }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(piece.count)
        defer { remember(piece) }

        while true {
            if isAtEnd {
                if stream.pointee.avail_in == 0 { return }
                // Another member may follow in gzip; anything else is refused when its header is read.
                guard format == .gzip else { throw .trailingBytes }
                guard inflateReset(stream) == Z_OK else { throw .unavailable }
                isAtEnd = false
            }
            stream.pointee.next_out = buffer.baseAddress
            stream.pointee.avail_out = UInt32(buffer.count)
            let status = CZlib.inflate(stream, Z_NO_FLUSH)
            let produced = buffer.count - Int(stream.pointee.avail_out)
            if produced > 0 {
                let wanted = try consume(UnsafeBufferPointer(rebasing: buffer[..<produced]))
                inflatedCount += produced
                if !wanted { return }
            }
            switch status {
            case Z_STREAM_END: isAtEnd = true
            case Z_OK: if stream.pointee.avail_in == 0 && stream.pointee.avail_out > 0 { return }
            case Z_BUF_ERROR: return
            case Z_MEM_ERROR: throw .unavailable
            default: throw failure(piece)
            }
        }
    }

    private func failure(_ piece: UnsafeRawBufferPointer) -> GzipError {
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "unknown error"
        switch reason {
        case "incorrect header check": return inflatedCount > 0 ? .trailingBytes : .notGzip
        case "incorrect data check" where format == .gzip:
            // zlib has just read the four bytes of the expected checksum, lowest first.
            let consumed = piece.count - Int(stream.pointee.avail_in)
            let bytes = (lastConsumed + piece[..<consumed].suffix(4)).suffix(4)
            let expected = bytes.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return .checksumMismatch(expected: expected, actual: UInt32(truncatingIfNeeded: stream.pointee.adler))
        default: return .corrupt(reason: reason)
        }
    }

    private mutating func remember(_ piece: UnsafeRawBufferPointer) {
        lastConsumed = Array((lastConsumed + piece.suffix(4)).suffix(4))
    }
}
