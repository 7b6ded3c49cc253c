import HTTP
import HTTPTypes
import Images

/// When answers are sent as gzip.
public enum Compression: String, CaseIterable, Sendable {
    /// To clients that accept it; on loopback, where bytes cost less than compressing them, to those that prefer it.
    case auto
    /// To clients that accept it.
    case on
    case off

    /// Bodies up to this size are sent as they are.
    static let threshold = 1024

    /// Whether the client gets gzip where there is some.
    func applies(to request: Request) -> Bool { coding(for: request, of: [.gzip]) != nil }

    /// The coding that the client gets; nil for none.
    private func coding(for request: Request, of codings: [ContentCoding]) -> ContentCoding? {
        guard self != .off, let field = request.fields.value(.acceptEncoding) else { return nil }
        let accepted = AcceptEncoding(field)
        guard let coding = accepted.best(of: codings) else { return nil }
        return self == .auto && Self.isLoopback(request.peer) && !accepted.prefers(coding) ? nil : coding
    }

    /// The answer as this client gets it: text and JSON over the threshold may become gzip, and say that they may.
    func encode(_ response: Response, to request: Request) -> Response {
        guard self != .off, response.stream == nil, response.body.count > Self.threshold,
            response.fields.value(.contentEncoding) == nil,
            let type = response.fields.value(.contentType), Self.isCompressible(type)
        else { return response }
        return encode(response, to: request, codings: [.gzip])
    }

    /// The answer as this client gets it, whatever its type; it says that it depends on what the client accepts.
    func encode(_ response: Response, to request: Request, codings: [ContentCoding]) -> Response {
        guard self != .off, response.body.count > Self.threshold else { return response }
        var encoded = response
        encoded.fields[.vary] = "Accept-Encoding"
        // The fastest level: a smaller one takes longer to make than it saves on the way.
        guard let coding = coding(for: request, of: codings),
            let body = try? Gzip.deflate(response.body, level: 1, format: coding.format),
            body.count < response.body.count
        else { return encoded }
        encoded.fields[.contentEncoding] = coding.rawValue
        encoded.body = body
        return encoded
    }

    static func isCompressible(_ type: String) -> Bool {
        type.hasPrefix("application/json") || type.hasPrefix("text/") || type.hasPrefix("image/svg+xml")
    }

    private static func isLoopback(_ peer: String) -> Bool {
        peer.hasPrefix("127.") || peer == "::1" || peer.hasPrefix("::ffff:127.")
    }
}
