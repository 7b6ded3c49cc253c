import HTTP
import HTTPTypes

/// The kinds of bodies that the API knows.
enum MediaType: String {
    case json = "application/json"
    case png = "image/png"
    case octets = "application/octet-stream"
    case npy = "application/x-npy"

    /// What the body is said to be; without `Content-Type` it is JSON.
    static func ofBody(_ request: Request, accepted: [MediaType]) throws -> MediaType {
        guard let field = request.fields.value(.contentType) else { return .json }
        // As clients write it, or as they may.
        let known = MediaType(rawValue: field)
        let type = known ?? MediaType(rawValue: field.prefix { $0 != ";" }.trimmingSpaces().lowercased())
        guard let type, accepted.contains(type) else {
            throw ServiceError(
                status: .unsupportedMediaType, code: "unsupported_media_type",
                message: "The body's type is not accepted here; accepted are "
                    + "\(accepted.map(\.rawValue).joined(separator: ", ")).", parameter: "Content-Type")
        }
        return type
    }

    private enum Format: String, CaseIterable {
        case json, png, raw, npy

        var type: MediaType {
            switch self {
            case .json: .json
            case .png: .png
            case .raw: .octets
            case .npy: .npy
            }
        }
    }

    /// What the client wants: `?format=` first, else the best of `Accept`, else JSON.
    static func wanted(_ request: Request, offered: [MediaType]) throws -> MediaType {
        if !request.query.items.isEmpty, let format: Format = try QueryFields(request).choice("format") {
            guard offered.contains(format.type) else {
                let known = Format.allCases.filter { offered.contains($0.type) }.map { "'\($0.rawValue)'" }
                throw ServiceError.outOfRange(
                    "format", actual: "'\(format.rawValue)'", expected: known.joined(separator: " or "))
            }
            return format.type
        }
        guard let accept = request.fields.value(.accept), accept != "*/*", accept != json.rawValue else {
            return offered[0]
        }
        return best(of: accept, offered: offered.map(\.rawValue)).flatMap(MediaType.init) ?? offered[0]
    }

    /// Whether a stream of events is asked for by its name, and not less than JSON.
    static func prefersEvents(_ request: Request) -> Bool {
        let events = ServerSentEvent.mediaType
        guard let accept = request.fields.value(.accept), accept.lowercased().contains(events) else { return false }
        return best(of: accept, offered: [events, json.rawValue]) == events
    }

    private static func best(of accept: String, offered: [String]) -> String? {
        var best: (type: String, quality: Double)?
        for range in accept.split(separator: ",").prefix(32) {
            let parts = range.split(separator: ";")
            guard let essence = parts.first?.trimmingSpaces().lowercased() else { continue }
            let quality =
                parts.dropFirst().lazy.map { $0.trimmingSpaces() }.first { $0.hasPrefix("q=") }
                .flatMap { Double($0.dropFirst(2)) } ?? 1
            let type = offered.first { type in
                essence == type || essence == "*/*"
                    || (essence.hasSuffix("/*") && type.hasPrefix(essence.dropLast()))
            }
            if let type, quality > best?.quality ?? 0 { best = (type, quality) }
        }
        return best?.type
    }
}

extension StringProtocol {
    /// Without spaces and tabs at both ends.
    func trimmingSpaces() -> String {
        var text = self[...]
        while let first = text.first, first == " " || first == "\t" { text = text.dropFirst() }
        while let last = text.last, last == " " || last == "\t" { text = text.dropLast() }
        return String(text)
    }
}
