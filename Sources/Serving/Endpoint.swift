import HTTP
import HTTPTypes

/// One row of the route table: the router is made of these and nothing else.
struct Endpoint: Sendable {
    let method: HTTPRequest.Method
    let pattern: String
    /// Who may call it, where tokens are in force. There is no default: each row says it.
    let access: Access
    /// The names that the query may have. Under `/v1` any other is an error: a misspelt option must not be a default.
    var query: [String] = []
    /// The largest body in bytes.
    var bodyLimit = Limits.body
    /// Whether the daemon's limit of a dataset stands in place of that of all bodies.
    var takesDataset = false
    var execution = Route.Execution.pool
    /// Whether the handler itself inflates bodies and compresses answers, where there is anything to do.
    var seesToCodings = false
    /// One line for the API's description.
    let summary: String
    let handle: @Sendable (Request, Services) throws -> Response
    /// Answers several requests at once, where that takes less time; tells of the answers as they come.
    var handleTogether: (@Sendable ([Request], Services, _ answered: ([GroupAnswer]) -> Void) -> Void)?

    /// What the request at a place comes to.
    typealias GroupAnswer = (place: Int, result: Result<Response, any Error>)
}

extension Endpoint {
    var hasStrictQuery: Bool { pattern.hasPrefix("/v1/") }

    /// A model's requests compete for the model, by whichever of its names; an administrator's get in when it is busiest.
    func share(_ services: Services) -> Share? {
        guard pattern.contains("{model}"), access != .admin else { return nil }
        guard pattern.hasPrefix("/v2/") else { return { $0["model"] } }
        return { $0["model"].map(services.oipBase) }
    }

    /// An endpoint that runs a model, over several requests at once where they wait together.
    init<Work: ModelWork>(
        method: HTTPRequest.Method, pattern: String, access: Access, query: [String] = [], bodyLimit: Int,
        seesToCodings: Bool = false, summary: String, work: Work.Type
    ) {
        self.init(
            method: method, pattern: pattern, access: access, query: query, bodyLimit: bodyLimit,
            seesToCodings: seesToCodings, summary: summary,
            handle: { try Work.answer($0, $1) }, handleTogether: { Work.answer($0, $1, answered: $2) })
    }
}

/// Endpoints as the router takes them: compressed bodies are inflated, and whatever is thrown becomes the API's error object.
struct EndpointHandlers: Sendable {
    let services: Services
    /// The largest body in bytes, inflated too.
    let bodyLimit: Int
    let compression: Compression
    let onFailure: ServingApplication.FailureHandler

    func handler(_ endpoint: Endpoint) -> Handler {
        { [self, endpoint, handle = endpoint.handle] request in
            var request = request
            let result = Result {
                try admit(&request, endpoint)
                return try handle(request, services)
            }
            return response(result, to: request, of: endpoint)
        }
    }

    func groupHandler(_ endpoint: Endpoint) -> GroupHandler? {
        guard let handleTogether = endpoint.handleTogether else { return nil }
        return { [self, endpoint] requests, answered in
            var requests = requests
            var whole: [Int] = []
            func answer(_ answers: [Endpoint.GroupAnswer]) {
                answered(answers.map { ($0.place, response($0.result, to: requests[$0.place], of: endpoint)) })
            }
            for place in requests.indices {
                do {
                    try admit(&requests[place], endpoint)
                    whole.append(place)
                } catch { answer([(place, .failure(error))]) }
            }
            handleTogether(whole.map { requests[$0] }, services) { answer($0.map { (whole[$0.place], $0.result) }) }
        }
    }

    private func admit(_ request: inout Request, _ endpoint: Endpoint) throws {
        if endpoint.hasStrictQuery { try QueryFields(request).allow(endpoint.query) }
        if !endpoint.seesToCodings { try RequestCoding.decode(&request, limit: bodyLimit) }
    }

    private func response(
        _ result: Result<Response, any Error>, to request: Request, of endpoint: Endpoint
    ) -> Response {
        var response: Response
        switch result {
        case .success(let answer): response = answer
        case .failure(let error):
            let answer = ServiceError(error)
            if answer.status == .internalServerError { onFailure(request.id, error) }
            response = .error(
                status: answer.status, code: answer.code, message: answer.message, parameter: answer.parameter,
                requestID: request.id, retryAfter: answer.retryAfter)
            if answer.code == RequestCoding.unsupported {
                response.fields[.acceptEncoding] = endpoint.seesToCodings ? "gzip, deflate" : "gzip"
            }
        }
        response.fields[.xContentTypeOptions] = "nosniff"
        return endpoint.seesToCodings ? response : compression.encode(response, to: request)
    }
}
