import HTTPTypes

/// An answer that is not a result: everything that the API's error object says.
struct ServiceError: Error, Equatable {
    let status: HTTPResponse.Status
    /// A stable snake_case word for programs.
    let code: String
    /// One sentence for people, without paths and library texts.
    let message: String
    /// The place in the request that is wrong, such as `latents[3]`.
    var parameter: String?
    /// Seconds, where trying again may help.
    var retryAfter: Int?

    /// 422: well-formed, but impossible; `parameter` names the place.
    static func impossible(_ code: String, _ message: String, _ parameter: String?) -> ServiceError {
        ServiceError(status: .unprocessableContent, code: code, message: message, parameter: parameter)
    }

    /// 404 with the place in the path that names nothing.
    static func notFound(_ code: String, _ message: String, _ parameter: String) -> ServiceError {
        ServiceError(status: .notFound, code: code, message: message, parameter: parameter)
    }

    static func wrongType(_ parameter: String, actual: String, expected: String) -> ServiceError {
        impossible("wrong_type", "'\(parameter)' is \(actual); expected \(expected).", parameter)
    }

    static func outOfRange(_ parameter: String, actual: String, expected: String) -> ServiceError {
        impossible("value_out_of_range", "'\(parameter)' is \(actual); it must be \(expected).", parameter)
    }

    static func missing(_ parameter: String, _ expected: String) -> ServiceError {
        impossible("missing_field", "'\(parameter)' is missing; expected \(expected).", parameter)
    }

    static func unknownField(_ parameter: String, allowed: [String]) -> ServiceError {
        let known = allowed.isEmpty ? "none is" : "known are \(allowed.joined(separator: ", "))"
        return impossible("unknown_field", "'\(parameter)' is not known here; \(known).", parameter)
    }
}
