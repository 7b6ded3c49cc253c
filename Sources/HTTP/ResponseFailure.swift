/// What an error's body says, before it is put in a form.
public struct ResponseFailure: Sendable, Equatable {
    public let code: String
    public let message: String
    public let parameter: String?
    public let requestID: String
}

/// How errors look below one segment of the path, whoever answers: a handler, the router, the gate or the server itself.
public struct FailureForm: Sendable {
    /// The path's first segment.
    public let segment: String
    /// Puts the error into its form.
    public let apply: @Sendable (ResponseFailure, inout Response) -> Void

    public init(below segment: String, apply: @escaping @Sendable (ResponseFailure, inout Response) -> Void) {
        (self.segment, self.apply) = (segment, apply)
    }

    func covers(_ target: RequestTarget) -> Bool {
        let first = target.rawPath.utf8.dropFirst().prefix { $0 != 0x2F }
        if !first.contains(ByteRules.percent) { return first.elementsEqual(segment.utf8) }
        // A path that cannot be decoded is nobody's.
        return (try? target.pathSegments())?.first == segment
    }
}

extension Router {
    /// The form that the errors of this target have; nil for the usual one.
    func failureForm(of target: RequestTarget) -> FailureForm? { failureForms.first { $0.covers(target) } }
}

extension Response {
    /// The answer as it is sent, with its error in the form that the target asks for.
    func inForm(_ form: FailureForm?) -> Response {
        guard let errorContent, let form else { return self }
        var response = self
        form.apply(errorContent, &response)
        return response
    }
}
