import HTTPTypes

/// A request that this layer refuses by itself, before or without routing; the connection closes after the answer.
public enum HTTPFault: Error, Equatable, Sendable {
    /// 400: the bytes break the grammar or the framing rules; the text says which rule.
    case malformed(StaticReason)
    /// 505: a version other than HTTP/1.0 and HTTP/1.1.
    case versionNotSupported
    /// 501: a method that no route can have.
    case methodNotImplemented
    /// 501: a transfer coding other than `chunked`.
    case transferCodingNotImplemented
    /// 414: the request line is over its cap.
    case targetTooLong(limit: Int)
    /// 431: a field, or all of them, or their number, is over its cap.
    case fieldsTooLarge
    /// 413: the body is over the route's cap.
    case bodyTooLarge(limit: Int)
    /// 417: an expectation other than `100-continue`.
    case expectationFailed
    /// 400: the connection's sending side ended inside a request.
    case truncated
    /// 503: there is no room for the body at the moment.
    case overloaded
    /// 408: the head or the body took too long.
    case timedOut

    /// The rule that a malformed request broke.
    public enum StaticReason: String, Sendable, Equatable {
        case bareLineEnding = "A line must end with CR LF."
        case emptyLines = "More than one empty line before the request line."
        case requestLine = "The request line must be a method, a target and a version, one space apart."
        case method = "The method is not a token."
        case target = "The request target is not valid."
        case percentEncoding = "The request target has an invalid percent-encoding."
        case fieldFolding = "Folded field lines are not accepted."
        case fieldName = "A field name is not a token directly followed by a colon."
        case fieldValue = "A field value has a control character."
        case host = "Exactly one valid Host field is required."
        case contentLength = "Content-Length must be one decimal number."
        case contentLengthConflict = "Content-Length fields differ."
        case framingConflict = "Transfer-Encoding and Content-Length must not be sent together."
        case transferEncoding = "Transfer-Encoding is not valid here."
        case chunkSize = "A chunk size is not valid."
        case chunkEnd = "A chunk does not end with CR LF."
        case chunkExtension = "A chunk extension is not valid or too long."
    }

    /// The status of the answer.
    public var status: HTTPResponse.Status {
        switch self {
        case .malformed, .truncated: .badRequest
        case .versionNotSupported: .httpVersionNotSupported
        case .methodNotImplemented, .transferCodingNotImplemented: .notImplemented
        case .targetTooLong: .uriTooLong
        case .fieldsTooLarge: .requestHeaderFieldsTooLarge
        case .bodyTooLarge: .contentTooLarge
        case .expectationFailed: .expectationFailed
        case .timedOut: .requestTimeout
        case .overloaded: .serviceUnavailable
        }
    }

    /// The machine-readable code of the answer.
    public var code: String {
        switch self {
        case .malformed: "malformed_request"
        case .truncated: "truncated_request"
        case .versionNotSupported: "http_version_not_supported"
        case .methodNotImplemented: "method_not_implemented"
        case .transferCodingNotImplemented: "transfer_coding_not_implemented"
        case .targetTooLong: "request_target_too_long"
        case .fieldsTooLarge: "request_fields_too_large"
        case .bodyTooLarge: "request_body_too_large"
        case .expectationFailed: "expectation_failed"
        case .timedOut: "request_timeout"
        case .overloaded: "overloaded"
        }
    }

    /// One sentence for the caller.
    public var message: String {
        switch self {
        case .malformed(let reason): reason.rawValue
        case .truncated: "The request ended before it was complete."
        case .versionNotSupported: "Only HTTP/1.0 and HTTP/1.1 are supported."
        case .methodNotImplemented: "This server does not implement the method."
        case .transferCodingNotImplemented: "The only transfer coding supported is 'chunked'."
        case .targetTooLong(let limit): "The request line is longer than \(limit) bytes."
        case .fieldsTooLarge: "The request fields are too many or too long."
        case .bodyTooLarge(let limit): "The request body is larger than the \(limit) bytes accepted here."
        case .expectationFailed: "The only expectation supported is '100-continue'."
        case .overloaded: "Too many bytes of requests are in hand."
        case .timedOut: "The request took too long to arrive."
        }
    }
}
