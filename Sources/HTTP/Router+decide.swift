import HTTPTypes

extension Router {
    /// Where a request goes, or the answer it gets without having been handled.
    func decide(_ head: RequestHead, requestID id: String) -> AdmittedRequest.Decision {
        if head.target.rawPath == "*" {
            return .answer(Response(status: .noContent, fields: [.allow: allowEverywhere]))
        }
        do {
            let path = try head.target.pathSegments()
            switch match(head.method, path: path) {
            case .route(let route, let parameters):
                return .route(route, path: path, query: Query(try head.target.queryItems()), parameters)
            case .options(let allow): return .answer(Response(status: .noContent, fields: [.allow: allow]))
            case .methodNotAllowed(let allow):
                var response = Response.error(
                    status: .methodNotAllowed, code: "method_not_allowed",
                    message: "This path answers \(allow) only.", requestID: id)
                response.fields[.allow] = allow
                return .answer(response)
            case .notFound:
                return .answer(
                    .error(
                        status: .notFound, code: "not_found", message: "There is nothing at this path.", requestID: id))
            }
        } catch {
            return .answer(.fault(error, requestID: id))
        }
    }
}
