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
    private static let lastChunk: [UInt8] = Array("0\r\n\r\n".utf8)
    private static let okLine: [UInt8] = Array("HTTP/1.1 200 OK\r\n".utf8)

    /// - Parameters:
    ///   - toHead: whether the request was HEAD: the fields of GET, and no body.
    ///   - takesChunks: whether the client understands chunks; a stream to others ends with the connection.
    ///   - date: an IMF-fixdate, as `HTTPDate` makes it.
    public static func encode(
        _ response: Response, toHead: Bool, persistence: Persistence, takesChunks: Bool = true, date: [UInt8]
    ) -> EncodedResponse {
        let code = response.status.code
        let hasNoContent = hasNoContent(response.status)
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
        let isStream = response.stream != nil && !hasNoContent
        if isStream {
            if takesChunks { head.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8) }
        } else if !hasNoContent {
            head.append(contentsOf: "Content-Length: ".utf8)
            append(response.body.count, to: &head)
            endLine(&head)
        }
        switch isStream && !takesChunks && !toHead ? .close : persistence {
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
        return EncodedResponse(head: head, body: toHead || hasNoContent || isStream ? [] : response.body)
    }

    /// A piece of a stream, with the stream's end after it if it is the last (RFC 9112 §7.1).
    static func encode(piece: [UInt8], isChunked: Bool, isLast: Bool) -> EncodedResponse {
        guard isChunked else { return EncodedResponse(head: [], body: piece) }
        var encoded = EncodedResponse(head: [], body: piece)
        if !piece.isEmpty {
            encoded.head.append(contentsOf: String(piece.count, radix: 16).utf8)
            endLine(&encoded.head)
            endLine(&encoded.body)
        }
        if isLast { encoded.body.append(contentsOf: lastChunk) }
        return encoded
    }

    /// RFC 9110 §6.4.1, §8.6.
    static func hasNoContent(_ status: HTTPResponse.Status) -> Bool {
        status.code < 200 || status == .noContent || status == .notModified
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
