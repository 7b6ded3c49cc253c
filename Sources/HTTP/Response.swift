import HTTPTypes

/// A response, whole or with a body that goes on. The server adds Date, Content-Length and Connection, and drops a handler's own.
public struct Response: Sendable, Equatable {
    public var status: HTTPResponse.Status
    public var fields: HTTPFields
    public var body: [UInt8]
    /// What is sent in place of `body`, for as long as it is open.
    public var stream: ResponseStream?
    /// What the body says where it is an error, for clients that expect errors in another form.
    public private(set) var errorContent: ResponseFailure?

    public init(status: HTTPResponse.Status = .ok, fields: HTTPFields = HTTPFields(), body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// An answer that stays open.
    public init(contentType: String, stream: ResponseStream) {
        self.init(fields: [.contentType: contentType])
        self.stream = stream
    }

    /// A body with its media type.
    public init(status: HTTPResponse.Status = .ok, contentType: String, body: [UInt8]) {
        self.init(status: status, fields: [.contentType: contentType], body: body)
    }

    /// JSON bytes made by the caller.
    public static func json(_ body: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, contentType: "application/json", body: body)
    }

    /// Plain UTF-8 text.
    public static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
    }

    /// No body, 204 if no other status is given.
    public static func empty(status: HTTPResponse.Status = .noContent) -> Response {
        Response(status: status)
    }

    /// The one shape of every error: `{"error": {"code", "message", "parameter"?, "request_id"}}`.
    ///
    /// - Parameters:
    ///   - code: a stable snake_case word for programs.
    ///   - message: one sentence for people, without paths or library texts.
    ///   - parameter: the place in the request that is wrong, e.g. `latents[3]`.
    ///   - retryAfter: seconds; becomes `Retry-After`.
    public static func error(
        status: HTTPResponse.Status, code: String, message: String, parameter: String? = nil, requestID: String,
        retryAfter: Int? = nil
    ) -> Response {
        var text = JSONText()
        text.raw("{\"error\":{\"code\":")
        text.string(code)
        text.raw(",\"message\":")
        text.string(message)
        if let parameter {
            text.raw(",\"parameter\":")
            text.string(parameter)
        }
        text.raw(",\"request_id\":")
        text.string(requestID)
        text.raw("}}\n")
        var response = json(text.bytes, status: status)
        response.fields[.xContentTypeOptions] = "nosniff"
        response.errorContent = ResponseFailure(
            code: code, message: message, parameter: parameter, requestID: requestID)
        if let retryAfter { response.fields[.retryAfter] = String(retryAfter) }
        return response
    }

    static func fault(_ fault: HTTPFault, requestID: String) -> Response {
        error(
            status: fault.status, code: fault.code, message: fault.message, requestID: requestID,
            retryAfter: fault == .overloaded ? 1 : nil)
    }
}

/// Just enough JSON writing for error bodies.
struct JSONText {
    var bytes: [UInt8] = []

    mutating func raw(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// A quoted string; quotes, backslashes and control characters escaped (RFC 8259 §7).
    mutating func string(_ text: String) {
        let hex = Array("0123456789abcdef".utf8)
        bytes.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: bytes += [0x5C, byte]
            case 0x0A: raw("\\n")
            case 0x0D: raw("\\r")
            case 0x09: raw("\\t")
            case 0..<0x20: bytes += [0x5C, 0x75, 0x30, 0x30, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }
}
