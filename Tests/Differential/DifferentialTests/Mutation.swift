/// Small harm to what a connection sends, of the kinds that parsers have been taken in by.
struct Mutation {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(state: seed) }

    /// What the tricks of request smuggling are made of.
    private static let spices = [
        "\r\n", "\n", "\r", "\r\r\n", "\0", "\u{0B}", "\u{0C}", "\u{7F}", " ", "\t", ":", ";", ",", "\"", "#", "%00",
        "é",
        "\u{212A}", "chunked", "identity", "gzip, ", "0", "5", "-1", "+", "0x", "_", "1e1", "ffffffffffffffff",
        "9223372036854775808", "18446744073709551617", "Content-Length: 5\r\n", "Content-Length: 0\r\n",
        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: x\r\n", "Host: b\r\n", "Connection: close\r\n",
        "Connection: upgrade\r\nUpgrade: h2c\r\n", "Expect: x\r\n", " folded\r\n", "X : y\r\n", "0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: b\r\n\r\n", " HTTP/1.1", "HTTP/1.2", "HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ].map { Array($0.utf8) }

    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        // A connection that means something different has mostly one thing wrong with it.
        repeat { harm(&bytes) } while random.oneIn(3)
        return bytes
    }

    private mutating func harm(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let index = random.number(0...bytes.count - 1)
        switch random.number(1...9) {
        case 1: bytes[index] ^= 1 << UInt8(random.number(0...7))
        case 2: bytes[index] = UInt8(random.number(0...255))
        case 3: bytes.remove(at: index)
        case 4: bytes.insert(UInt8(random.number(0...255)), at: index)
        case 5: bytes.insert(contentsOf: random.pick(Self.spices), at: index)
        case 6: bytes.removeSubrange(index..<min(bytes.count, index + random.number(1...12)))
        case 7: bytes.removeSubrange(index...)
        default: harmLine(&bytes)
        }
    }

    private mutating func harmLine(_ bytes: inout [UInt8]) {
        var lines = Line.split(bytes)
        let framing = lines.indices.filter { lines[$0].isField(["transfer-encoding", "content-length", "host"]) }
        let index = framing.isEmpty || random.oneIn(2) ? random.number(0...lines.count - 1) : random.pick(framing)
        switch random.number(1...12) {
        case 1: lines.insert(lines[index], at: index)
        case 2: lines.remove(at: index)
        case 3: lines.swapAt(index, random.number(0...lines.count - 1))
        case 4: lines.insert(Line(bytes: random.pick(Self.spices)), at: index)
        case 5: lines[index].bytes.insert(contentsOf: random.pick(Self.spices), at: 0)
        case 6: lines[index].bytes += random.pick(Self.spices)
        case 7: insert(random.pick([" ", "\t", "\0", ":"]), beforeColonOf: &lines[index])
        case 8: insert(random.pick([" ", "\t", "\u{0B}", "\u{A0}", "\r\n "]), afterColonOf: &lines[index])
        case 9, 10:
            let place = random.number(0...lines[index].bytes.count)
            lines[index].bytes.insert(contentsOf: random.pick(Self.spices), at: place)
        default:
            // The line's end as something else.
            let end = random.pick(["\n", "\r", "\n\r", "\r\r\n", "\0\r\n", " \n", ""])
            let after = lines[min(index + 1, lines.count - 1)...].dropFirst(index + 1 < lines.count ? 0 : 1)
            bytes = Line.join(Array(lines[...index])) + Array(end.utf8) + Line.join(Array(after))
            return
        }
        bytes = Line.join(lines)
    }

    private func insert(_ text: String, beforeColonOf line: inout Line) {
        line.bytes.insert(contentsOf: text.utf8, at: line.bytes.firstIndex(of: 0x3A) ?? 0)
    }

    private func insert(_ text: String, afterColonOf line: inout Line) {
        line.bytes.insert(contentsOf: text.utf8, at: line.bytes.firstIndex(of: 0x3A).map { $0 + 1 } ?? 0)
    }
}
