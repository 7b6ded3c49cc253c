import HTTP
import HTTPTypes

/// The one place that lets requests in: host, origin, token, scope, in this order, for every method and path.
///
/// What no route answers needs a token as well, so that without one nothing can be learnt about what there is.
public struct AccessGate: Sendable {
    /// Why a request was not let in.
    public enum Refusal: String, CaseIterable, Sendable {
        case host, origin, token, scope
    }

    private let tokens: TokenStore?
    private let hosts: HostNames
    private let onRefusal: @Sendable (Refusal) -> Void

    /// - Parameter tokens: nil asks nobody for one.
    public init(
        tokens: TokenStore?, hosts: HostNames, onRefusal: @escaping @Sendable (Refusal) -> Void = { _ in }
    ) {
        self.tokens = tokens
        self.hosts = hosts
        self.onRefusal = onRefusal
    }

    /// The answer to a request that is not let in; nil for one that is.
    public func answer(to request: GateRequest) -> Response? {
        guard let (refusal, response) = refuse(request) else { return nil }
        onRefusal(refusal)
        return response
    }

    private func refuse(_ request: GateRequest) -> (Refusal, Response)? {
        guard hosts.accepts(request.head.authority) else {
            let message =
                "The host that the request names is not one of this server's; the setting access.hosts adds names."
            return (.host, error(.misdirectedRequest, "unknown_host", message, request))
        }
        if RequestOrigin.isForeign(request.head) {
            return (.origin, error(.forbidden, "foreign_origin", "Pages of other sites may not do this.", request))
        }
        guard let tokens, request.route?.access != .open else { return nil }
        let field = request.head.fields.value(.authorization)
        switch tokens.judge(field.flatMap(Self.bearer) ?? "") {
        case .notInForce: return nil
        case .unknown:
            let (code, message) =
                field == nil
                ? ("token_missing", "A token is needed: 'Authorization: Bearer ...'.")
                : ("token_unknown", "The token is not known here.")
            var answer = error(.unauthorized, code, message, request)
            answer.fields[.wwwAuthenticate] =
                field == nil ? "Bearer realm=\"latentd\"" : "Bearer realm=\"latentd\", error=\"invalid_token\""
            return (.token, answer)
        case .known(let scopes):
            guard case .scopes(let accepted)? = request.route?.access, !accepted.contains(where: scopes.contains)
            else { return nil }
            let wanted = accepted.isEmpty ? "that no token has" : accepted.map { "'\($0)'" }.joined(separator: " or ")
            var answer = error(.forbidden, "scope_missing", "The token lacks the scope \(wanted).", request)
            answer.fields[.wwwAuthenticate] =
                "Bearer realm=\"latentd\", error=\"insufficient_scope\", scope=\"\(accepted.joined(separator: " "))\""
            return (.scope, answer)
        }
    }

    private func error(
        _ status: HTTPResponse.Status, _ code: String, _ message: String, _ request: GateRequest
    ) -> Response {
        .error(status: status, code: code, message: message, requestID: request.requestID)
    }

    /// The token of `Bearer TOKEN` (RFC 6750 §2.1); the scheme's letters may be of either case.
    private static func bearer(_ field: String) -> Substring? {
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return parts[1].drop { $0 == " " }
    }
}

/// Where a browser says that a request comes from.
enum RequestOrigin {
    private static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")

    /// Whether a page of another origin sent a request that may change something. Programs that are no browsers send
    /// neither field.
    static func isForeign(_ head: RequestHead) -> Bool {
        switch head.method {
        case .get, .head, .options: return false
        default: break
        }
        // A browser's own word, which no page can set; an older browser has only Origin.
        if let name = secFetchSite, let site = head.fields.value(name) {
            return site != "same-origin" && site != "none"
        }
        guard let origin = head.fields.value(.origin) else { return false }
        return host(ofOrigin: origin.lowercased()) != head.authority.lowercased()
    }

    /// Host and port without the scheme and its default port; nil for `null` and what is no origin.
    private static func host(ofOrigin origin: String) -> String? {
        for (scheme, port) in [("http://", ":80"), ("https://", ":443")] where origin.hasPrefix(scheme) {
            let host = origin.dropFirst(scheme.count)
            return String(host.hasSuffix(port) ? host.dropLast(port.count) : host)
        }
        return nil
    }
}
