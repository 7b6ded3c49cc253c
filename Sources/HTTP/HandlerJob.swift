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
    let terms: Answer.Terms
    let places: StreamPlaces
    let date: HTTPDate
    let onAccess: (@Sendable (AccessRecord) -> Void)?

    func run() -> Completion { Completion(registration: registration, outcome: outcome(nil)) }

    /// Answers requests for one route that have waited together.
    ///
    /// - Parameter completed: given each job's completion once, several where they were answered at once.
    static func run(_ jobs: [HandlerJob], completed: ([Completion]) -> Void) {
        var isOpen = [Bool](repeating: true, count: jobs.count)
        func complete(_ answers: [(place: Int, response: Response?)]) {
            let answers = answers.filter { isOpen[$0.place] }
            for (place, _) in answers { isOpen[place] = false }
            completed(
                answers.map {
                    Completion(registration: jobs[$0.place].registration, outcome: jobs[$0.place].outcome($0.response))
                })
        }
        let wanted = jobs.indices.filter { !jobs[$0].request.isCancelled }
        if let together = jobs.first?.route.together, wanted.count > 1 {
            together(wanted.map { jobs[$0].request }) { complete($0.map { (wanted[$0.place], $0.response) }) }
        }
        for place in jobs.indices where isOpen[place] { complete([(place, nil)]) }
    }

    /// Whether the two may be answered by one call.
    static func mayGoTogether(_ first: HandlerJob, _ second: HandlerJob) -> Bool {
        first.route.together != nil && first.route.number == second.route.number
            && first.request.pathParameters == second.request.pathParameters && first.isSmall && second.isSmall
    }

    /// What takes long by itself gains nothing, and keeps others waiting.
    private var isSmall: Bool { request.body.count <= 64 * 1024 }

    private var late: Response {
        .error(
            status: .serviceUnavailable, code: "request_timeout", message: "The request took too long.",
            requestID: request.id, retryAfter: 1)
    }

    /// - Parameter known: where others have been answered by the same call.
    private func outcome(_ known: Response?) -> Completion.Outcome {
        let isExpired = request.cancellation.hasExpired
        guard isExpired || !request.isCancelled else {
            known?.stream?.close(.unused)
            return .dropped
        }
        var response = isExpired ? late : known ?? route.handler(request)
        // Cancelled on the way, what the handler says is for nobody.
        if request.cancellation.hasExpired {
            response.stream?.close(.unused)
            response = late
        }
        let answer = Answer(
            response, toHead: request.method == .head, requestID: request.id, terms: terms, places: places,
            date: date.now)
        var output = PendingOutput(unsent?.followed(by: answer.encoded) ?? answer.encoded)
        let progress = output.send(to: transport)
        let record = AccessRecord(
            requestID: request.id, peer: request.peer, method: request.method.rawValue, target: request.rawTarget,
            route: route.pattern, routeNumber: route.number, status: answer.status.code,
            requestBytes: request.body.count, bodyBytes: answer.encoded.body.count, duration: began.duration(to: .now),
            isStream: answer.stream != nil)
        if let stream = answer.stream {
            let open = OpenStream(stream: stream, isChunked: terms.takesChunks, began: began, record: record)
            return .open(open, progress == .finished ? nil : output)
        }
        onAccess?(record)
        switch progress {
        case .finished: return .sent
        case .blocked: return .blocked(output)
        case .broken: return .broken
        }
    }
}
