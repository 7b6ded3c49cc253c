import HTTPTypes

/// A request's line and fields, with everything decided that framing and keep-alive need.
public struct RequestHead: Sendable, Equatable {
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

    public var method: HTTPRequest.Method
    public var target: RequestTarget
    public var version: Version
    /// The host of the absolute-form target, else of the `Host` field; empty only where HTTP/1.0 sent none.
    public var authority: String
    public var fields: HTTPFields
    public var framing: Framing
    /// Whether the client lets the connection live on after the response (RFC 9112 §9.3).
    public var keepsAlive: Bool
    /// Whether the client waits for `100 Continue` before it sends the body.
    public var expectsContinue: Bool
}
