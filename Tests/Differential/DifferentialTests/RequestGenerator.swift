import HTTP

/// Makes what one connection sends: legal requests, odd ones among them, together with what they mean.
struct RequestGenerator {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(state: seed) }

    mutating func connection() -> (bytes: [UInt8], meaning: Reading<HTTPFault>) {
        var bytes: [UInt8] = []
        var meaning = Reading<HTTPFault>()
        for _ in 0..<random.number(1...4) {
            if random.oneIn(8) { bytes += Array("\r\n".utf8) }
            let (request, message) = request()
            bytes += request
            meaning.requests.append(message)
            guard message.keepsAlive else {
                // Nobody reads this, whatever it is.
                if random.oneIn(2) { bytes += self.request().bytes }
                if random.oneIn(4) { bytes += random.bytes(0...20, of: Alphabet.any) }
                meaning.ending = .closed
                break
            }
        }
        return (bytes, meaning)
    }

    mutating func request() -> (bytes: [UInt8], message: Message) {
        let method = random.pick(["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
        let minorVersion = random.oneIn(6) ? 0 : 1
        let target = target(method)
        let connection = random.oneIn(3) ? random.pick(ConnectionOption.all) : ConnectionOption(value: nil)
        let content = content(minorVersion)

        var fields = (0..<random.number(0...5)).map { _ in field() }
        if minorVersion == 1 || random.oneIn(2) { fields.append(("Host", authority())) }
        if let value = connection.value { fields.append(("Connection", Array(value.utf8))) }
        if random.oneIn(12) { fields.append(("Expect", Array("100-continue".utf8))) }
        fields += content.fields
        fields.shuffle(using: &random)

        var bytes = Array("\(method) \(target) HTTP/1.\(minorVersion)\r\n".utf8)
        for (name, value) in fields { bytes += line(name, value) }
        bytes += Array("\r\n".utf8) + content.bytes
        let message = Message(
            method: Array(method.utf8), target: Array(target.utf8), minorVersion: minorVersion,
            fields: fields.map { Message.Field(name: Array($0.0.utf8), value: $0.1) },
            keepsAlive: connection.keepsAlive(minorVersion), body: content.body)
        return (bytes, message)
    }

    private mutating func target(_ method: String) -> String {
        if method == "OPTIONS", random.oneIn(3) { return "*" }
        let path = "/" + encoded(0...20, of: Alphabet.path)
        let query = random.oneIn(3) ? "?" + encoded(0...20, of: Alphabet.query) : ""
        guard random.oneIn(6) else { return path + query }
        let scheme = random.pick(["http", "https", "HTTP", "hTTps"])
        return "\(scheme)://\(text(authority()))\(random.oneIn(3) ? "" : path)\(query)"
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private mutating func encoded(_ count: ClosedRange<Int>, of alphabet: [UInt8]) -> String {
        (0..<random.number(count)).map { _ in
            random.oneIn(10) ? random.pick(["%20", "%2F", "%c3%A9", "%25"]) : text([random.pick(alphabet)])
        }.joined()
    }

    private mutating func authority() -> [UInt8] {
        let host =
            random.oneIn(4)
            ? random.pick(["127.0.0.1", "[::1]", "[2001:DB8::a:0]", "[::ffff:1.2.3.4]", "a"].map { Array($0.utf8) })
            : random.bytes(1...12, of: Alphabet.registeredName)
        guard random.oneIn(2) else { return host }
        return host + Array(":\(random.oneIn(9) ? "" : String(random.number(0...65535)))".utf8)
    }
}
