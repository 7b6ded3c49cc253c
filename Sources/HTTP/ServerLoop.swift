import HTTPTypes
import Sockets

/// The event loop's side of the server: connections, their state machines, and the way to the handlers and back.
final class ServerLoop {
    private let router: Router
    private let configuration: ServerConfiguration
    private let pool: HandlerPool
    private let mailbox: Mailbox
    private let loop: EventLoop
    private let date = HTTPDate()
    private var acceptor: Acceptor?
    private var connections: [Connection?] = []
    private var connectionCount = 0
    private var identifiers = RequestIdentifiers()
    /// Connections that used up their share of a turn and have more to do.
    private var queued: [Connection] = []
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
    private var drainDeadline: MonotonicInstant?
    private var gaveUp = false
    /// Requests or reads of one connection in one turn.
    private static let share = 32
    private static let neverCancelled = Cancellation()

    init(
        listener: Listener, router: Router, configuration: ServerConfiguration, pool: HandlerPool, mailbox: Mailbox
    ) throws(SocketError) {
        self.router = router
        self.configuration = configuration
        self.pool = pool
        self.mailbox = mailbox
        loop = try EventLoop(waker: mailbox.waker)
        acceptor = try Acceptor(listener: listener, loop: loop, onNotice: configuration.onNotice)
    }

    deinit {
        scratch.deallocate()
    }

    /// Runs until a drain has ended; whether it ended with nothing left. `giveUp` is called when its time is up with
    /// handlers still at work: they keep their descriptors until they return, and so this goes on.
    func run(giveUp: () -> Void) throws(SocketError) -> Bool {
        while true {
            try loop.turn(maximumWait: maximumWait) { event in
                switch event {
                case .wakeup: readMail()
                case .ready(let registration, let readiness): ready(registration, readiness)
                case .deadline(let registration): deadline(registration)
                }
            }
            let again = queued
            queued.removeAll(keepingCapacity: true)
            for connection in again {
                connection.isQueued = false
                pump(connection)
            }
            guard let drainDeadline else { continue }
            if connectionCount == 0 { return !gaveUp }
            if !gaveUp, drainDeadline <= .now {
                gaveUp = true
                cutConnections()
                if connectionCount > 0 { giveUp() }
            }
        }
    }

    private var maximumWait: Duration? {
        if !queued.isEmpty { return .zero }
        guard !gaveUp else { return nil }
        return drainDeadline.map { max(.milliseconds(1), MonotonicInstant.now.duration(to: $0)) }
    }

    // MARK: Events

    private func ready(_ registration: EventLoop.Registration, _ readiness: Readiness) {
        if let acceptor, acceptor.registration == registration {
            accept(acceptor)
            return
        }
        guard let connection = connection(registration) else { return }
        if readiness.contains(.peerFinished) || !readiness.isDisjoint(with: .broken) {
            connection.peerMayHaveFinished = true
        }
        if !readiness.isDisjoint(with: .broken) {
            connection.state.broken()
            connection.inFlight?.cancellation.cancel()
        } else if readiness.contains(.peerFinished), connection.inFlight != nil {
            connection.state.peerStoppedSending(at: .now)
        }
        connection.mayRead = true
        pump(connection)
    }

    private func deadline(_ registration: EventLoop.Registration) {
        if let acceptor, acceptor.registration == registration {
            acceptor.resume(loop)
            accept(acceptor)
            return
        }
        guard let connection = connection(registration) else { return }
        connection.state.deadlinePassed(at: .now)
        if connection.state.isCancelled { connection.inFlight?.cancellation.cancel() }
        pump(connection)
    }

    private func readMail() {
        for message in mailbox.takeAll() {
            switch message {
            case .completed(let completion): complete(completion)
            case .drain(let deadline): beginDraining(until: deadline)
            }
        }
    }

    private func accept(_ acceptor: Acceptor) {
        acceptor.accept(loop) { descriptor, peer in
            if connectionCount >= configuration.limits.connections { return turnAway(descriptor) }
            guard let registration = try? loop.add(descriptor.rawValue, interest: .everythingOnce) else { return }
            let connection = Connection(
                descriptor: descriptor, peer: peer, registration: registration,
                state: ConnectionState(limits: configuration.limits, at: .now))
            while connections.count <= registration.slot { connections.append(nil) }
            connections[registration.slot] = connection
            connectionCount += 1
            pump(connection)
        }
    }

    /// Over the cap: a word, as far as the socket takes it at once, and the end.
    private func turnAway(_ descriptor: borrowing OwnedDescriptor) {
        let response = Response.error(
            status: .serviceUnavailable, code: "too_many_connections",
            message: "The server has as many connections as it accepts.", requestID: identifiers.next(), retryAfter: 1)
        var output = PendingOutput(
            ResponseEncoder.encode(response, toHead: false, persistence: .close, date: date.now))
        _ = output.send(to: descriptor.rawValue)
        descriptor.shutdownSending()
        _ = descriptor.receive(into: scratch)
    }

    // MARK: One connection

    private func connection(_ registration: EventLoop.Registration) -> Connection? {
        guard connections.indices.contains(registration.slot), let connection = connections[registration.slot],
            connection.registration == registration
        else { return nil }
        return connection
    }

    /// Does what the state asks for until it waits for something.
    private func pump(_ connection: Connection) {
        var share = Self.share
        // One reading for all: nothing here blocks.
        let now = MonotonicInstant.now
        while share > 0 {
            share -= 1
            switch connection.state.nextAction(at: now) {
            case .read:
                if let output = connection.output, !output.isFinished { flushInterim(connection) }
                guard read(connection, at: now) else { return setDeadline(connection) }
            case .route(let head): route(connection, head, at: now)
            case .sendContinue:
                connection.output = PendingOutput(EncodedResponse(head: ResponseEncoder.continueLine, body: []))
                flushInterim(connection)
            case .handle(_, let body): handle(connection, body: body, at: now)
            case .answerFault(let fault):
                let id = connection.admitted?.id ?? identifiers.next()
                answer(connection, with: .fault(fault, requestID: id), id: id, route: nil, at: now)
            case .awaitResponse: return setDeadline(connection)
            case .write:
                guard write(connection, at: now) else { return setDeadline(connection) }
            case .shutdownSending: connection.descriptor.shutdownSending()
            case .close:
                close(connection)
                return
            }
        }
        setDeadline(connection)
        if !connection.isQueued {
            connection.isQueued = true
            queued.append(connection)
        }
    }

    private func setDeadline(_ connection: Connection) {
        loop.setDeadline(connection.state.deadline, for: connection.registration)
    }

    /// Whether there was anything.
    private func read(_ connection: Connection, at now: MonotonicInstant) -> Bool {
        guard connection.mayRead else { return false }
        switch connection.descriptor.receive(into: scratch) {
        case .transferred(let count):
            // A short read has emptied the socket; what comes later is a new event (epoll(7)).
            if count < scratch.count, !connection.peerMayHaveFinished { connection.mayRead = false }
            connection.state.received(UnsafeRawBufferPointer(rebasing: scratch[..<count]), at: now)
        case .endOfStream: connection.state.peerFinished(at: now)
        case .wouldBlock:
            connection.mayRead = false
            return false
        case .failed: connection.state.broken()
        }
        return true
    }

    /// Whether the state has to be asked again.
    private func write(_ connection: Connection, at now: MonotonicInstant) -> Bool {
        guard var output = connection.output else {
            connection.state.responseFinished(at: now)
            return true
        }
        let before = output.sent
        let progress = output.send(to: connection.descriptor.rawValue)
        connection.output = progress == .blocked ? output : nil
        if output.sent > before { connection.state.wrote(at: now) }
        switch progress {
        case .blocked: return false
        case .finished: connection.state.responseFinished(at: now)
        case .broken: connection.state.broken()
        }
        return true
    }

    private func flushInterim(_ connection: Connection) {
        guard var output = connection.output else { return }
        let progress = output.send(to: connection.descriptor.rawValue)
        connection.output = progress == .blocked ? output : nil
        if progress == .broken { connection.state.broken() }
    }

    private func close(_ connection: Connection) {
        loop.remove(connection.registration)
        connections[connection.registration.slot] = nil
        connectionCount -= 1
    }

    // MARK: Requests

    private func route(_ connection: Connection, _ head: RequestHead, at now: MonotonicInstant) {
        let id = identifiers.next()
        let decision = router.decide(head, requestID: id)
        connection.admitted = AdmittedRequest(id: id, began: now, head: head, decision: decision)
        switch decision {
        case .route(let route, _, _, _): connection.state.admit(bodyLimit: route.bodyLimit, at: now)
        case .answer: connection.state.refuse(at: now)
        }
    }

    private func handle(_ connection: Connection, body: [UInt8], at now: MonotonicInstant) {
        guard let admitted = connection.admitted else { return }
        switch admitted.decision {
        case .answer(let response): answer(connection, with: response, id: admitted.id, route: nil, at: now)
        case .route(let route, let path, let query, let parameters):
            let isInline = route.execution == .inline
            let request = Request(
                method: admitted.head.method, rawTarget: admitted.head.target.raw, path: path, query: query,
                pathParameters: parameters, fields: admitted.head.fields, authority: admitted.head.authority,
                body: body, id: admitted.id, peer: connection.peer,
                cancellation: isInline ? Self.neverCancelled : Cancellation())
            if isInline {
                answer(connection, with: route.handler(request), id: admitted.id, route: route.pattern, at: now)
            } else {
                lend(connection, request, to: route, began: admitted.began)
            }
        }
    }

    /// Hands the request, and with it the right to write, to a handler thread.
    private func lend(_ connection: Connection, _ request: Request, to route: Route, began: MonotonicInstant) {
        let job = HandlerJob(
            request: request, route: route, began: began, registration: connection.registration,
            descriptor: connection.descriptor.rawValue, unsent: connection.output,
            persistence: connection.state.persistence, date: date, mailbox: mailbox, onAccess: configuration.onAccess)
        guard pool.submit({ job.run() }) else {
            let response = Response.error(
                status: .serviceUnavailable, code: "overloaded", message: "Too many requests are waiting.",
                requestID: request.id, retryAfter: 1)
            answer(connection, with: response, id: request.id, route: route.pattern, at: .now)
            return
        }
        connection.output = nil
        connection.inFlight = Connection.InFlight(cancellation: request.cancellation)
    }

    private func complete(_ completion: Completion) {
        guard let connection = connection(completion.registration) else { return }
        connection.inFlight = nil
        connection.admitted = nil
        connection.state.responseReady(at: .now)
        switch completion.outcome {
        case .sent: break
        case .blocked(let output): connection.output = output
        case .broken, .dropped: connection.state.broken()
        }
        pump(connection)
    }

    /// Queues an answer that the loop itself has; the state then asks for it to be written.
    private func answer(
        _ connection: Connection, with response: Response, id: String, route: String?, at now: MonotonicInstant
    ) {
        let head = connection.admitted?.head
        let encoded = ResponseEncoder.encode(
            response, toHead: head?.method == .head, persistence: connection.state.persistence, date: date.now)
        if let unsent = connection.output, !unsent.isFinished {
            // An interim response that the socket did not take yet; rare, and 25 bytes.
            connection.output = PendingOutput(unsent.followed(by: encoded))
        } else {
            connection.output = PendingOutput(encoded)
        }
        connection.state.responseReady(at: now)
        if let onAccess = configuration.onAccess {
            let began = connection.admitted?.began ?? now
            onAccess(
                AccessRecord(
                    requestID: id, peer: connection.peer, method: head?.method.rawValue ?? "-",
                    target: head?.target.raw ?? "-", route: route, status: response.status.code,
                    bodyBytes: encoded.body.count, duration: began.duration(to: .now)))
        }
        connection.admitted = nil
    }

    // MARK: Stopping

    private func beginDraining(until deadline: MonotonicInstant) {
        guard drainDeadline == nil else { return }
        drainDeadline = deadline
        acceptor?.close(loop)
        acceptor = nil
        let now = MonotonicInstant.now
        for connection in connections.compactMap({ $0 }) {
            connection.state.beginDraining(at: now)
            pump(connection)
        }
    }

    private func cutConnections() {
        for connection in connections.compactMap({ $0 }) {
            connection.state.broken()
            if let inFlight = connection.inFlight {
                inFlight.cancellation.cancel()
                connection.descriptor.shutdownBoth()
            } else {
                close(connection)
            }
        }
    }
}
