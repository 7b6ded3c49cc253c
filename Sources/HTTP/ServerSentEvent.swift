import HTTPTypes

/// One event of a `text/event-stream` (WHATWG HTML §9.2), and the streams that are made of them.
public struct ServerSentEvent: Equatable, Sendable {
    /// What a client that lost its stream sends as `Last-Event-ID`; nil leaves the client's last one as it is.
    public var id: String?
    /// What listeners are registered for; nil is `message`.
    public var name: String?
    /// Without any, clients take over `id` and `retry` and tell no listener.
    public var data: [UInt8]
    /// After how long a client that lost its stream comes back.
    public var retry: Duration?

    public init(id: String? = nil, name: String? = nil, data: [UInt8] = [], retry: Duration? = nil) {
        self.id = id
        self.name = name
        self.data = data
        self.retry = retry
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.count + 64)
        append(to: &bytes)
        return bytes
    }

    /// Line ends in `data` become lines of data; in `id` and `name`, which cannot have any, they are left out.
    public func append(to bytes: inout [UInt8]) {
        if let retry {
            let (seconds, attoseconds) = retry.components
            let milliseconds = max(0, min(seconds, 1 << 32) * 1000 + attoseconds / 1_000_000_000_000_000)
            Self.line("retry", Array(String(milliseconds).utf8)[...], &bytes)
        }
        if let id { Self.line("id", Self.oneLine(id)[...], &bytes) }
        if let name { Self.line("event", Self.oneLine(name)[...], &bytes) }
        if !data.isEmpty { Self.lines(data, &bytes) }
        bytes.append(ByteRules.lineFeed)
    }

    /// CR LF, CR and LF end a line alike.
    private static func lines(_ data: [UInt8], _ bytes: inout [UInt8]) {
        var start = data.startIndex
        while let end = data[start...].firstIndex(where: { $0 == ByteRules.lineFeed || $0 == ByteRules.carriageReturn })
        {
            line("data", data[start..<end], &bytes)
            let isPair = data[end...].starts(with: [ByteRules.carriageReturn, ByteRules.lineFeed])
            start = end + (isPair ? 2 : 1)
        }
        line("data", data[start...], &bytes)
    }

    private static func line(_ field: String, _ value: ArraySlice<UInt8>, _ bytes: inout [UInt8]) {
        bytes.append(contentsOf: field.utf8)
        bytes.append(ByteRules.colon)
        bytes.append(ByteRules.space)
        bytes.append(contentsOf: value)
        bytes.append(ByteRules.lineFeed)
    }

    /// A NUL would make clients ignore the whole id.
    private static func oneLine(_ text: String) -> [UInt8] {
        text.utf8.filter { $0 != ByteRules.lineFeed && $0 != ByteRules.carriageReturn && $0 != 0 }
    }
}

extension ServerSentEvent {
    public static let mediaType = "text/event-stream"

    /// A comment, which clients skip: it tells proxies, and the server's own deadlines, that both ends are there.
    public static let heartbeat = ResponseStream.Heartbeat(bytes: Array(":\n\n".utf8), interval: .seconds(15))
}

extension Response {
    /// A stream of events that no cache keeps and no proxy gathers.
    public static func events(_ stream: ResponseStream) -> Response {
        var response = Response(contentType: ServerSentEvent.mediaType, stream: stream)
        response.fields[.cacheControl] = "no-store"
        if let name = HTTPField.Name("X-Accel-Buffering") { response.fields[name] = "no" }
        return response
    }
}
