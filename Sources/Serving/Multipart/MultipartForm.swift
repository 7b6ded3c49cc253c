#if canImport(Glibc)
    import Glibc
#endif

/// The parts of a `multipart/form-data` body (RFC 7578, RFC 2046 §5.1): places in its bytes, which are not copied.
///
/// Strict: nothing before the first boundary or behind the last one, no parts of parts, and every line ends with CR LF.
struct MultipartForm: Equatable {
    struct Part: Equatable {
        let name: String
        let filename: String?
        /// Where its content is in the body.
        let content: Range<Int>
    }

    let parts: [Part]

    init(_ body: [UInt8], boundary: String, partLimit: Int = Limits.parts) throws(MultipartError) {
        let delimiter = Array("--\(boundary)".utf8)
        let separator = Self.lineEnd + delimiter
        guard body.starts(with: delimiter) else { throw MultipartError(reason: .beginning) }
        var parts: [Part] = []
        var place = delimiter.count
        while !Self.has([0x2D, 0x2D], at: place, in: body) {
            let number = parts.count + 1
            guard Self.has(Self.lineEnd, at: place, in: body) else {
                throw MultipartError(part: number, reason: .boundaryLine)
            }
            guard number <= partLimit else { throw MultipartError(reason: .tooManyParts(limit: partLimit)) }
            let (head, start) = try Self.head(of: number, at: place + 2, in: body)
            guard let end = Self.find(separator, in: body, from: start, to: body.count) else {
                throw MultipartError(part: number, reason: .unfinished)
            }
            parts.append(Part(name: head.name, filename: head.filename, content: start..<end))
            place = end + separator.count
        }
        guard [[], Self.lineEnd].contains(Array(body[(place + 2)...].prefix(3))) else {
            throw MultipartError(reason: .afterEnd)
        }
        self.parts = parts
    }

    private static let lineEnd: [UInt8] = [0x0D, 0x0A]

    /// A part's header, and where its content begins.
    private static func head(
        of number: Int, at start: Int, in body: [UInt8]
    ) throws(MultipartError) -> (MultipartHead, Int) {
        let limit = MultipartHead.byteLimit
        // Without any field the empty line comes at once.
        if has(lineEnd, at: start, in: body) { throw MultipartError(part: number, reason: .noDisposition) }
        guard let end = find(lineEnd + lineEnd, in: body, from: start, to: min(body.count, start + limit)) else {
            throw MultipartError(part: number, reason: .unfinishedHead(limit: limit))
        }
        do throws(MultipartError) {
            return (try MultipartHead(body[start..<end + 2]), end + 4)
        } catch { throw MultipartError(part: number, reason: error.reason) }
    }

    private static func has(_ bytes: [UInt8], at place: Int, in body: [UInt8]) -> Bool {
        body[place...].starts(with: bytes)
    }

    private static func find(_ bytes: [UInt8], in body: [UInt8], from start: Int, to end: Int) -> Int? {
        body.withUnsafeBytes { body in
            bytes.withUnsafeBytes { bytes in
                guard let base = body.baseAddress, let wanted = bytes.baseAddress else { return nil }
                var place = start
                // From one candidate for the first byte to the next.
                while end - place >= bytes.count,
                    let found = memchr(base + place, Int32(bytes[0]), end - place - bytes.count + 1)
                {
                    place = UnsafeRawPointer(found) - base
                    if memcmp(found, wanted, bytes.count) == 0 { return place }
                    place += 1
                }
                return nil
            }
        }
    }
}

extension MultipartForm {
    static let mediaType = "multipart/form-data"

    /// The boundary that a `Content-Type` of forms names.
    static func boundary(of contentType: String) throws(MultipartError) -> String {
        guard let type = HeaderParameters(contentType.utf8), type.word == mediaType,
            let boundary = type["boundary"]
        else { throw MultipartError(reason: .contentType) }
        let bytes = Array(boundary.utf8)
        guard (1...70).contains(bytes.count), bytes.last != 0x20, bytes.allSatisfy(isBoundary) else {
            throw MultipartError(reason: .boundary)
        }
        return boundary
    }

    /// RFC 2046 §5.1.1.
    private static func isBoundary(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "'()+_,-./:=? ".utf8.contains(byte)
        }
    }
}
