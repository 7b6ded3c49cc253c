/// A value of `Connection`, and what RFC 9112 §9.3 makes of it.
struct ConnectionOption {
    var value: String?
    var closes = false
    var keeps = false

    static let all = [
        Self(value: "close", closes: true), Self(value: "CLOSE", closes: true), Self(value: "x , close", closes: true),
        Self(value: "close,TE", closes: true), Self(value: ",,close", closes: true),
        Self(value: "keep-alive", keeps: true), Self(value: "Keep-Alive, TE", keeps: true),
        Self(value: "keep-alive,keep-alive", keeps: true), Self(value: "keep-alive, close", closes: true, keeps: true),
        Self(value: "closed"), Self(value: "close;q=1"), Self(value: "keep-alive-x"),
        Self(value: "upgrade"), Self(value: ""),
    ]

    func keepsAlive(_ minorVersion: Int) -> Bool { !closes && (minorVersion == 1 || keeps) }
}

extension RequestGenerator {
    /// A field that means nothing to a parser, often one whose name comes near to one that does.
    mutating func field() -> (String, [UInt8]) {
        let name =
            random.oneIn(3)
            ? String(decoding: random.bytes(1...16, of: Alphabet.token), as: UTF8.self)
            : random.pick([
                "Accept", "User-Agent", "Cookie", "cookie", "X-Content-Length", "Content-Length-", "Transfer-Encodin",
                "Content_Length", "Transfer_Encoding", "Hos", "Hostt", "TE", "Trailer", "Upgrade", "Keep-Alive", "x",
            ])
        return (Self.reserved.contains(name.lowercased()) ? "X" : name, value())
    }

    /// Those whose values have a grammar of their own.
    private static let reserved: Set = ["host", "connection", "content-length", "transfer-encoding", "expect"]

    /// No white space around it: that belongs to the line.
    private mutating func value() -> [UInt8] {
        if random.oneIn(6) { return [] }
        if random.oneIn(3) { return random.bytes(1...12, of: Alphabet.visible) }
        return random.bytes(1...1, of: Alphabet.visible) + random.bytes(0...24, of: Alphabet.value)
            + random.bytes(1...1, of: Alphabet.visible)
    }

    /// The field's line, its name in any case, with optional white space (RFC 9112 §5).
    mutating func line(_ name: String, _ value: [UInt8]) -> [UInt8] {
        let before = random.oneIn(5) ? random.bytes(0...3, of: [0x20, 0x09]) : [0x20]
        let after = random.oneIn(60) ? random.bytes(1...3, of: [0x20, 0x20, 0x09]) : []
        return Array(name.utf8) + [0x3A] + before + value + after + [0x0D, 0x0A]
    }

    mutating func anyCase(_ word: String) -> String {
        random.oneIn(3)
            ? String(word.map { random.oneIn(2) ? Character($0.uppercased()) : Character($0.lowercased()) }) : word
    }
}
