/// A body, the fields that frame it, and its bytes on the wire.
struct Content {
    var fields: [(String, [UInt8])] = []
    var body: [UInt8] = []
    var bytes: [UInt8] = []
}

extension RequestGenerator {
    mutating func content(_ minorVersion: Int) -> Content {
        if random.oneIn(4) { return Content() }
        if minorVersion == 1, random.oneIn(2) { return chunkedContent() }
        let body = body()
        let zeros = random.oneIn(6) ? String(repeating: "0", count: random.number(1...20)) : ""
        let field = (anyCase("Content-Length"), Array("\(zeros)\(body.count)".utf8))
        return Content(fields: random.oneIn(40) ? [field, field] : [field], body: body, bytes: body)
    }

    /// What would be a request, or the end of a body, where a parser loses its place.
    private mutating func body() -> [UInt8] {
        switch random.number(1...4) {
        case 1: return []
        case 2: return random.bytes(1...60, of: Alphabet.any)
        case 3:
            return Array(random.pick(["0\r\n\r\n", "\r\n\r\n", "GET /x HTTP/1.1\r\nHost: b\r\n\r\n", "5\r\n"]).utf8)
        default: return random.bytes(1...300, of: Alphabet.visible)
        }
    }

    private mutating func chunkedContent() -> Content {
        var content = Content(fields: [(anyCase("Transfer-Encoding"), Array(anyCase("chunked").utf8))])
        for _ in 0..<random.number(0...4) {
            let chunk = body()
            guard !chunk.isEmpty else { continue }
            content.body += chunk
            content.bytes += chunkLine(chunk.count) + chunk + [0x0D, 0x0A]
        }
        content.bytes += chunkLine(0)
        if random.oneIn(4) {
            for _ in 0..<random.number(1...4) {
                let (name, value) = random.oneIn(20) ? random.pick(Self.forbiddenTrailers) : field()
                content.bytes += line(name, value)
            }
        }
        content.bytes += [0x0D, 0x0A]
        return content
    }

    /// RFC 9110 §6.5.1: to be ignored when they come as trailers.
    private static let forbiddenTrailers = [
        ("Content-Length", "5"), ("Transfer-Encoding", "chunked"), ("Connection", "close"), ("Host", "b"),
    ].map { ($0.0, Array($0.1.utf8)) }

    private mutating func chunkLine(_ size: Int) -> [UInt8] {
        let digits = anyCase(String(size, radix: 16))
        let zeros = random.oneIn(6) ? String(repeating: "0", count: random.number(0...(16 - digits.utf8.count))) : ""
        return Array((zeros + digits).utf8) + chunkExtensions() + [0x0D, 0x0A]
    }

    /// `*( BWS ";" BWS name [ BWS "=" BWS value ] )` (RFC 9112 §7.1.1), but white space before the first `;` is refused.
    private mutating func chunkExtensions() -> [UInt8] {
        guard random.oneIn(4) else { return [] }
        var bytes: [UInt8] = []
        for _ in 0..<random.number(1...3) {
            let space: [UInt8] = random.oneIn(20) ? [0x20] : []
            bytes += [0x3B] + space + random.bytes(1...6, of: Alphabet.token)
            switch random.number(1...3) {
            case 1: break
            case 2: bytes += [0x3D] + random.bytes(1...6, of: Alphabet.token)
            default: bytes += [0x3D, 0x22] + quotedText() + [0x22]
            }
        }
        return bytes
    }

    private mutating func quotedText() -> [UInt8] {
        (0..<random.number(0...8)).flatMap { _ in
            random.oneIn(6) ? [0x5C, random.pick([0x22, 0x5C, 0x61])] : [random.pick(Alphabet.quotedText)]
        }
    }
}
