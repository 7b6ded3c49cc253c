import HTTPTypes

/// A request's line and fields, with everything decided that framing and keep-alive need.
///
/// It never changes and is handed from step to step, so it is an object: a copy would count a reference for each field.
public final class RequestHead: Sendable, Equatable {
    /// How the body is delimited: decided once, here, and by nothing else (RFC 9112 §6).
    public enum Framing: Sendable, Equatable {
        case none
        case length(Int)
        case chunked

        /// What the client says that it will send; 0 where it does not say.
        var declaredLength: Int {
            guard case .length(let length) = self else { return 0 }
            return length
        }
    }

    public enum Version: Sendable, Equatable {
        case http10
        case http11
    }

    public let method: HTTPRequest.Method
    public let target: RequestTarget
    public let version: Version
    /// The host of the absolute-form target, else of the `Host` field; empty only where HTTP/1.0 sent none.
    public let authority: String
    public let fields: HTTPFields
    public let framing: Framing
    /// Whether the client lets the connection live on after the response (RFC 9112 §9.3).
    public let keepsAlive: Bool
    /// Whether the client waits for `100 Continue` before it sends the body.
    public let expectsContinue: Bool

    init(
        method: HTTPRequest.Method, target: RequestTarget, version: Version, authority: String, fields: HTTPFields,
        framing: Framing, keepsAlive: Bool, expectsContinue: Bool
    ) {
        self.method = method
        self.target = target
        self.version = version
        self.authority = authority
        self.fields = fields
        self.framing = framing
        self.keepsAlive = keepsAlive
        self.expectsContinue = expectsContinue
    }

    public static func == (one: RequestHead, other: RequestHead) -> Bool {
        one.method == other.method && one.target == other.target && one.version == other.version
            && one.authority == other.authority && one.fields == other.fields && one.framing == other.framing
            && one.keepsAlive == other.keepsAlive && one.expectsContinue == other.expectsContinue
    }
}
