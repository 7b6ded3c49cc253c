import Sockets

/// One request on a handler thread: answers it, and sends the answer from there, which saves a change of threads.
struct HandlerJob: Sendable {
    let request: Request
    let route: Route
    let began: MonotonicInstant
    let registration: EventLoop.Registration
    /// Lent by the connection, which keeps it open until the completion is posted.
    let transport: Transport
    /// What the loop had not got out before (`100 Continue`).
    let unsent: PendingOutput?
    let persistence: ResponseEncoder.Persistence
    let date: HTTPDate
    let onAccess: (@Sendable (AccessRecord) -> Void)?

    func run() -> Completion { Completion(registration: registration, outcome: outcome()) }

    private var late: Response {
        .error(
            status: .serviceUnavailable, code: "request_timeout", message: "The request took too long.",
            requestID: request.id, retryAfter: 1)
    }

    private func outcome() -> Completion.Outcome {
        let isExpired = request.cancellation.hasExpired
        guard isExpired || !request.isCancelled else { return .dropped }
        var response = isExpired ? late : route.handler(request)
        // Cancelled on the way, what the handler says is for nobody.
        if request.cancellation.hasExpired { response = late }
        var encoded = ResponseEncoder.encode(
            response, toHead: request.method == .head, persistence: persistence, date: date.now)
        let bodyBytes = encoded.body.count
        if let unsent { encoded = unsent.followed(by: encoded) }
        var output = PendingOutput(encoded)
        let progress = output.send(to: transport)
        onAccess?(
            AccessRecord(
                requestID: request.id, peer: request.peer, method: request.method.rawValue, target: request.rawTarget,
                route: route.pattern, routeNumber: route.number, status: response.status.code,
                requestBytes: request.body.count, bodyBytes: bodyBytes, duration: began.duration(to: .now)))
        switch progress {
        case .finished: return .sent
        case .blocked: return .blocked(output)
        case .broken: return .broken
        }
    }
}
