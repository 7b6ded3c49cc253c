import HTTPTypes
import Sockets

/// Requests on their way to a handler and back.
extension ServerLoop {
    private static let neverCancelled = Cancellation()

    func route(_ connection: Connection, _ head: RequestHead, at now: MonotonicInstant) {
        let id = identifiers.next()
        var decision = decide(connection, head, id)
        if let gate = configuration.gate {
            let request = GateRequest(head: head, route: decision.route, requestID: id, peer: connection.peer)
            if let response = gate(request) { decision = .answer(response, of: decision.route) }
        }
        // The client is its address: a connection has one request at a time, so that whoever has many has many connections.
        var key = TurnKey(client: connection.peer)
        if case .route(let route, _, _, let parameters) = decision { key.share = route.share?(parameters) }
        let permit = Permit(admission, key)
        if case .route(let route, _, _, _) = decision, route.execution == .pool {
            // What has come with the head counts already.
            let refusal =
                admission.refusal(declaredBytes: head.framing.declaredLength, key: key)
                ?? (permit.hold(bytes: connection.state.heldBytes) ? nil : .bytes)
            if let refusal { decision = .answer(refusal.response(requestID: id), of: route) }
        }
        connection.admitted = AdmittedRequest(id: id, began: now, head: head, decision: decision, permit: permit)
        switch decision {
        case .route(let route, _, _, _): connection.state.admit(bodyLimit: route.bodyLimit, at: now)
        case .answer: connection.state.refuse(at: now)
        }
    }

    private func decide(_ connection: Connection, _ head: RequestHead, _ id: String) -> AdmittedRequest.Decision {
        if let known = connection.routed, known.head === head { return known.decision }
        let decision = router.decide(head, requestID: id)
        if case .route = decision, connection.state.remembers(head) { connection.routed = (head, decision) }
        return decision
    }

    func handle(_ connection: Connection, body: [UInt8], at now: MonotonicInstant) {
        guard let admitted = connection.admitted else { return }
        // It can only shrink here, by what was pipelined behind it.
        _ = admitted.permit.hold(bytes: body.count)
        switch admitted.decision {
        case .answer(let response, let route):
            answer(connection, with: response, id: admitted.id, route: route, at: now)
        case .route(let route, let path, let query, let parameters):
            let isInline = route.execution == .inline
            var request = Request(
                method: admitted.head.method, rawTarget: admitted.head.target.raw, path: path, query: query,
                pathParameters: parameters, fields: admitted.head.fields, authority: admitted.head.authority,
                body: body, id: admitted.id, peer: connection.peer,
                cancellation: isInline ? Self.neverCancelled : Cancellation())
            request.streamBufferBytes = configuration.limits.streamBufferBytes
            request.turn = admitted.permit.key
            if isInline {
                answer(
                    connection, with: route.handler(request), id: admitted.id, route: route, requestBytes: body.count,
                    at: now)
            } else if let refusal = admitted.permit.takePlace() {
                configuration.statistics.overloads.add(1, ordering: .relaxed)
                let response = refusal.response(requestID: admitted.id)
                answer(connection, with: response, id: admitted.id, route: route, requestBytes: body.count, at: now)
            } else {
                lend(connection, request, to: route, admitted)
            }
        }
    }

    /// Gives the request, and with it the right to write, to this thread after its turn or to another.
    func lend(_ connection: Connection, _ request: Request, to route: Route, _ admitted: AdmittedRequest) {
        let job = HandlerJob(
            request: request, route: route, began: admitted.began,
            registration: connection.registration, transport: connection.transport, unsent: connection.output,
            terms: terms(of: connection), places: places, date: date, onAccess: configuration.onAccess)
        let isLone = lentCount == 0 && configuration.handlesLoneRequestsOnLoop
        // Before another thread answers it, perhaps with this number.
        lentCount += 1
        if isLone, relief.isStandingBy {
            ownJob = job
            attention.came(at: .now)
        } else if !pool.submit(job) {
            lentCount -= 1
            configuration.statistics.overloads.add(1, ordering: .relaxed)
            let response = Admission.Refusal.requests.response(requestID: request.id)
            answer(
                connection, with: response, id: request.id, route: route, requestBytes: request.body.count, at: .now)
            return
        }
        if isLone, relief.claim(), !pool.submitToIdle(standBy) { relief.unclaim() }
        connection.output = nil
        connection.inFlight = Connection.InFlight(cancellation: request.cancellation)
    }

    /// Takes back what this thread has handled itself.
    func completeOwn(_ completion: Completion) {
        complete(completion)
        attention.answered(at: .now)
    }

    func complete(_ completion: Completion) {
        lentCount -= 1
        guard let connection = connection(completion.registration) else { return }
        connection.inFlight = nil
        connection.admitted = nil
        if case .open(let open, let unsent) = completion.outcome {
            begin(open, on: connection, unsent: unsent, at: .now)
        } else {
            connection.state.responseReady(at: .now)
        }
        switch completion.outcome {
        case .sent, .open, .dropped: break
        case .blocked(let output): connection.output = output
        case .broken: connection.state.broken()
        }
        pump(connection)
    }

    private func terms(of connection: Connection) -> Answer.Terms {
        Answer.Terms(
            persistence: connection.state.persistence, takesChunks: connection.state.takesChunks,
            failureForm: connection.admitted.flatMap { router.failureForm(of: $0.head.target) })
    }

    /// Queues an answer that the loop itself has; the state then asks for it to be written.
    func answer(
        _ connection: Connection, with response: Response, id: String, route: Route?, requestBytes: Int = 0,
        at now: MonotonicInstant
    ) {
        let head = connection.admitted?.head
        let began = connection.admitted?.began ?? now
        let terms = terms(of: connection)
        let answer = Answer(
            response, toHead: head?.method == .head, requestID: id, terms: terms, places: places, date: date.now)
        // An interim response that the socket did not take yet is rare, and 25 bytes.
        let unsent = connection.output.flatMap { $0.isFinished ? nil : $0 }
        let output = PendingOutput(unsent?.followed(by: answer.encoded) ?? answer.encoded)
        let record = AccessRecord(
            requestID: id, peer: connection.peer, method: head?.method.rawValue ?? "-",
            target: head?.target.raw ?? "-", route: route?.pattern, routeNumber: route?.number,
            status: answer.status.code, requestBytes: requestBytes, bodyBytes: answer.encoded.body.count,
            duration: began.duration(to: .now), isStream: answer.stream != nil)
        connection.admitted = nil
        if let stream = answer.stream {
            let open = OpenStream(stream: stream, isChunked: terms.takesChunks, began: began, record: record)
            return begin(open, on: connection, unsent: output, at: now)
        }
        connection.output = output
        connection.state.responseReady(at: now)
        configuration.onAccess?(record)
    }
}
