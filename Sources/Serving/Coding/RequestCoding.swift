import HTTP
import HTTPTypes
import Images

/// Bodies that come compressed.
enum RequestCoding {
    /// What a body may inflate to for each of its bytes, once it is over 1 MiB.
    static let ratio = 200
    static let unsupported = "unsupported_content_encoding"

    /// Inflates a gzip body to at most `limit` bytes; after that the request looks as if it had come so.
    static func decode(_ request: inout Request, limit: Int) throws(ServiceError) {
        guard let coding = request.fields[.contentEncoding], !request.body.isEmpty else { return }
        switch coding.lowercased() {
        case "identity": return
        case "gzip", "x-gzip": break
        default:
            throw ServiceError(
                status: .unsupportedMediaType, code: unsupported,
                message: "The body is sent as '\(coding.prefix(32))'; send it as it is or as gzip.",
                parameter: "Content-Encoding")
        }
        do throws(GzipError) {
            request.body = try Gzip.inflate(request.body, limits: GzipLimits(bytes: limit, ratio: ratio))
        } catch {
            throw ServiceError(error)
        }
        request.fields[.contentEncoding] = nil
    }
}

extension ServiceError {
    fileprivate init(_ error: GzipError) {
        switch error {
        case .tooLarge:
            self.init(status: .contentTooLarge, code: "request_body_too_large", message: error.description)
        case .ratioTooHigh:
            self.init(status: .badRequest, code: "compression_ratio_too_high", message: error.description)
        case .unavailable:
            self.init(status: .serviceUnavailable, code: "out_of_memory", message: error.description, retryAfter: 5)
        case .corrupt: self.init(status: .badRequest, code: "malformed_gzip", message: "The gzip stream is corrupt.")
        default: self.init(status: .badRequest, code: "malformed_gzip", message: error.description)
        }
    }
}
