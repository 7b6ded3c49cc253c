import NIOCore
import NIOEmbedded
import NIOHTTP1

/// Reads the pieces by SwiftNIO's request decoder, then tells it that the peer has finished.
func readByNIO(_ pieces: [[UInt8]]) -> Reading<HTTPParserError> {
    let channel = EmbeddedChannel()
    var reading = Reading<HTTPParserError>()
    do {
        try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
        for piece in pieces { try channel.writeInbound(ByteBuffer(bytes: piece)) }
        _ = try channel.finish()
    } catch {
        reading.ending = .rejected(error as? HTTPParserError ?? .unknown)
    }
    do {
        while let part = try channel.readInbound(as: HTTPServerRequestPart.self) { reading.add(part) }
        // Lets the decoder go after an error; what it then says is known.
        _ = try channel.finish(acceptAlreadyClosed: true)
    } catch {}
    reading.settleEnding()
    return reading
}

extension Reading<HTTPParserError> {
    fileprivate mutating func add(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): open = Message(head)
        case .body(let bytes): open?.body.append(contentsOf: bytes.readableBytesView)
        case .end:
            if let open { requests.append(open) }
            open = nil
        }
    }

    /// The decoder has errors for an end inside a request and for bytes after the last one; neither is a rejection.
    fileprivate mutating func settleEnding() {
        switch ending {
        case .rejected(.invalidEOFState): ending = .inside
        case .rejected(.closedConnection) where requests.last?.keepsAlive == false: ending = .closed
        case .boundary where requests.last?.keepsAlive == false: ending = .closed
        default: break
        }
    }
}

extension Message {
    fileprivate init(_ head: HTTPRequestHead) {
        self.init(
            method: Array(head.method.rawValue.utf8), target: Array(head.uri.utf8), minorVersion: head.version.minor,
            fields: head.headers.map { Field(name: Array($0.name.utf8), value: Array($0.value.utf8)) },
            keepsAlive: head.isKeepAlive)
    }
}
