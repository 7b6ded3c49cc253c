import HTTPTypes

/// A response as bytes, in two pieces so that a large body is never copied.
public struct EncodedResponse: Sendable, Equatable {
    public var head: [UInt8]
    public var body: [UInt8]

    public var count: Int { head.count + body.count }
}

/// Writes response heads. Handlers cannot write a field that decides framing or the connection's life: those are ours.
public struct ResponseEncoder: Sendable {
    /// What the response says about the connection (RFC 9112 §9.3).
    public enum Persistence: Sendable, Equatable {
        /// HTTP/1.1's default: nothing to say.
        case implied
        /// An HTTP/1.0 client asked for it and is told.
        case keepAlive
        case close
    }

    static let continueLine: [UInt8] = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
    private static let okLine: [UInt8] = Array("HTTP/1.1 200 OK\r\n".utf8)

    /// - Parameters:
    ///   - toHead: whether the request was HEAD: the fields of GET, and no body.
    ///   - date: an IMF-fixdate, as `HTTPDate` makes it.
    public static func encode(
        _ response: Response, toHead: Bool, persistence: Persistence, date: [UInt8]
    ) -> EncodedResponse {
        let code = response.status.code
        // RFC 9110 §6.4.1, §8.6.
        let hasNoContent = code < 200 || code == 204 || code == 304
        var head: [UInt8] = []
        head.reserveCapacity(192 + 48 * response.fields.count)
        if code == 200 {
            head.append(contentsOf: okLine)
        } else {
            head.append(contentsOf: "HTTP/1.1 ".utf8)
            append(code, to: &head)
            head.append(ByteRules.space)
            head.append(contentsOf: response.status.reasonPhrase.utf8)
            endLine(&head)
        }
        head.append(contentsOf: "Date: ".utf8)
        head.append(contentsOf: date)
        endLine(&head)
        if !hasNoContent {
            head.append(contentsOf: "Content-Length: ".utf8)
            append(response.body.count, to: &head)
            endLine(&head)
        }
        switch persistence {
        case .implied: break
        case .keepAlive: head.append(contentsOf: "Connection: keep-alive\r\n".utf8)
        case .close: head.append(contentsOf: "Connection: close\r\n".utf8)
        }
        for field in response.fields where !isOurs(field.name) {
            head.append(contentsOf: field.name.rawName.utf8)
            head.append(ByteRules.colon)
            head.append(ByteRules.space)
            field.withUnsafeBytesOfValue { head.append(contentsOf: $0) }
            endLine(&head)
        }
        endLine(&head)
        return EncodedResponse(head: head, body: toHead || hasNoContent ? [] : response.body)
    }

    private static func isOurs(_ name: HTTPField.Name) -> Bool {
        switch name.canonicalName {
        case "content-length", "transfer-encoding", "connection", "date", "keep-alive", "upgrade", "trailer": true
        default: false
        }
    }

    private static func endLine(_ head: inout [UInt8]) {
        head.append(ByteRules.carriageReturn)
        head.append(ByteRules.lineFeed)
    }

    private static func append(_ number: Int, to head: inout [UInt8]) {
        head.append(contentsOf: String(number).utf8)
    }
}
