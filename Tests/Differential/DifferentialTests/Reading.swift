/// What one connection's bytes came to, in terms that both parsers can be held to.
struct Reading<Rejection: Error & Equatable>: Equatable {
    enum Ending: Equatable {
        /// Between two requests: another may follow.
        case boundary
        /// After a request that closes the connection: what follows is nobody's.
        case closed
        /// Inside a request.
        case inside
        case rejected(Rejection)
    }

    /// The requests that have come to their end, in order.
    var requests: [Message] = []
    /// The one whose head is there and whose body has not come to its end.
    var open: Message?
    var ending = Ending.boundary
}

/// One request. All text is kept as bytes: Swift's strings count a Kelvin sign as equal to a `K`.
struct Message: Equatable {
    struct Field: Equatable {
        var name: [UInt8]
        var value: [UInt8]
    }

    var method: [UInt8]
    var target: [UInt8]
    /// The minor version of HTTP/1.
    var minorVersion: Int
    var fields: [Field]
    /// Whether another request may follow on the connection.
    var keepsAlive: Bool
    var body: [UInt8] = []
}

extension Message: CustomStringConvertible {
    var description: String {
        let lines = fields.map { "\(quoted($0.name)): \(quoted($0.value))" }.joined(separator: " | ")
        return "\(quoted(method)) \(quoted(target)) 1.\(minorVersion) [\(lines)] \(keepsAlive ? "keeps" : "closes") "
            + quoted(body)
    }
}

/// The bytes as a Swift literal, to be pasted into a table.
func quoted(_ bytes: [UInt8]) -> String {
    let characters = bytes.map { byte in
        switch byte {
        case 0x0D: "\\r"
        case 0x0A: "\\n"
        case 0x09: "\\t"
        case 0x22: "\\\""
        case 0x5C: "\\\\"
        case 0x20..<0x7F: String(UnicodeScalar(byte))
        default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }
    return "\"" + characters.joined() + "\""
}
