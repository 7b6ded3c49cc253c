import HTTP
import HTTPTypes

/// One row of the route table: the router is made of these and nothing else.
struct Endpoint: Sendable {
    let method: HTTPRequest.Method
    let pattern: String
    /// Who may call it, where tokens are in force. There is no default: each row says it.
    let access: Access
    /// The largest body in bytes.
    var bodyLimit = Limits.body
    var execution = Route.Execution.pool
    /// One line for the API's description.
    let summary: String
    let handle: @Sendable (Request, Services) throws -> Response

    /// The handler as the router takes it: compressed bodies are inflated to at most `bodyLimit` bytes, and whatever is
    /// thrown becomes the API's error object.
    func handler(
        _ services: Services, bodyLimit: Int, compression: Compression,
        onFailure: @escaping ServingApplication.FailureHandler
    ) -> Handler {
        { [handle] request in
            var request = request
            var response: Response
            do {
                try RequestCoding.decode(&request, limit: bodyLimit)
                response = try handle(request, services)
            } catch {
                let answer = ServiceError(error)
                if answer.status == .internalServerError { onFailure(request.id, error) }
                response = .error(
                    status: answer.status, code: answer.code, message: answer.message, parameter: answer.parameter,
                    requestID: request.id, retryAfter: answer.retryAfter)
                if answer.code == RequestCoding.unsupported { response.fields[.acceptEncoding] = "gzip" }
            }
            response.fields[.xContentTypeOptions] = "nosniff"
            return compression.encode(response, to: request)
        }
    }
}
