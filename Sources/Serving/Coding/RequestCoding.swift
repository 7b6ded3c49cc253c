import HTTP
import HTTPTypes
import Images

/// Bodies that come compressed.
enum RequestCoding {
    /// What a body may inflate to for each of its bytes, once it is over 1 MiB.
    static let ratio = 200
    static let unsupported = "unsupported_content_encoding"

    /// Inflates a body to at most `limit` bytes; after that the request looks as if it had come so.
    static func decode(
        _ request: inout Request, limit: Int, codings: [ContentCoding] = [.gzip]
    ) throws(ServiceError) {
        guard let field = request.fields.value(.contentEncoding), !request.body.isEmpty else { return }
        let name = field.lowercased()
        if name == "identity" { return }
        let coding = ContentCoding(rawValue: name == "x-gzip" ? "gzip" : name)
        guard let coding, codings.contains(coding) else {
            let known = codings.map(\.rawValue).joined(separator: " or ")
            throw ServiceError(
                status: .unsupportedMediaType, code: unsupported,
                message: "The body is sent as '\(field.prefix(32))'; send it as it is or as \(known).",
                parameter: "Content-Encoding")
        }
        do throws(GzipError) {
            request.body = try Gzip.inflate(
                request.body, limits: GzipLimits(bytes: limit, ratio: ratio), format: coding.format)
        } catch {
            throw ServiceError(error, coding)
        }
        request.fields[.contentEncoding] = nil
    }
}

extension ServiceError {
    fileprivate init(_ error: GzipError, _ coding: ContentCoding) {
        // The errors speak of gzip, whichever format it was.
        let message = error.description.replacing("gzip", with: coding.rawValue)
        switch error {
        case .tooLarge: self.init(status: .contentTooLarge, code: "request_body_too_large", message: message)
        case .ratioTooHigh: self.init(status: .badRequest, code: "compression_ratio_too_high", message: message)
        case .unavailable:
            self.init(status: .serviceUnavailable, code: "out_of_memory", message: message, retryAfter: 5)
        case .corrupt:
            self.init(
                status: .badRequest, code: "malformed_\(coding.rawValue)",
                message: "The \(coding.rawValue) stream is corrupt.")
        default: self.init(status: .badRequest, code: "malformed_\(coding.rawValue)", message: message)
        }
    }
}
