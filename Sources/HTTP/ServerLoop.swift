import HTTPTypes
import Sockets
import Synchronization

/// The event loop's side of the server: connections, their state machines, and the way to the handlers and back.
///
/// One thread at a time runs it, and a lone request it handles itself (see `Relief`).
final class ServerLoop {
    /// Why `run` has returned.
    enum Outcome {
        /// To be run by this thread; `complete` is to follow.
        case handle(HandlerJob)
        /// A drain has ended; whether with nothing left.
        case drained(complete: Bool)
    }

    let router: Router
    let configuration: ServerConfiguration
    let pool: HandlerPool<HandlerJob>
    let mailbox: Mailbox
    let relief: Relief
    /// What an idle thread is given to watch over this loop's.
    let standBy: HandlerPool<HandlerJob>.Job
    let loop: EventLoop
    let date = HTTPDate()
    let admission: Admission
    let places: StreamPlaces
    var identifiers = RequestIdentifiers()
    /// The request that this thread will handle when the turn is over.
    var ownJob: HandlerJob?
    /// Requests that are with handlers.
    var lentCount = 0 {
        didSet { configuration.statistics.handledNow.store(lentCount, ordering: .relaxed) }
    }
    /// What new connections are secured with.
    private(set) var tls: TLSContext?
    var acceptor: Acceptor?
    var connections: [Connection?] = []
    var connectionCount = 0 {
        didSet { configuration.statistics.openConnections.store(connectionCount, ordering: .relaxed) }
    }
    private var connectionsByPeer: [String: Int] = [:]
    /// Connections over a cap that are still read, so that their clients can read that they were turned away.
    var turnedAway = 0
    /// Connections that used up their share of a turn and have more to do, or have an answer to be written.
    private var queued: [Connection] = []
    /// Those of the turn before.
    private var resumed: [Connection] = []
    /// Answers are written when all that has come is read: a client that waits for several is woken once for them, and a
    /// waking costs as much as a small answer.
    private var isReadingEvents = false
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
    /// Keeps this thread awake for a client that comes back at once.
    var attention = Attention()
    var isLeaving = false
    var drainDeadline: MonotonicInstant?
    private var gaveUp = false
    /// Requests or reads of one connection in one turn.
    private static let share = 32

    init(
        listener: Listener, router: Router, configuration: ServerConfiguration, pool: HandlerPool<HandlerJob>,
        mailbox: Mailbox,
        relief: Relief, standBy: @escaping HandlerPool<HandlerJob>.Job
    ) throws(SocketError) {
        self.router = router
        self.configuration = configuration
        self.pool = pool
        self.mailbox = mailbox
        (self.relief, self.standBy) = (relief, standBy)
        tls = configuration.tls
        admission = Admission(
            limits: Admission.Limits(
                requests: configuration.requestsInHand,
                requestsByShare: configuration.requestsByShare, bytes: configuration.limits.inFlightBytes))
        places = StreamPlaces(limit: configuration.limits.streams, statistics: configuration.statistics)
        loop = try EventLoop(waker: mailbox.waker)
        acceptor = try Acceptor(listener: listener, loop: loop, onNotice: configuration.onNotice)
    }

    deinit {
        for connection in connections { connection?.stream?.stream.close(.stopped) }
        scratch.deallocate()
    }

    /// Runs until this thread has a request to handle or a drain has ended. `giveUp` is called when the drain's time is
    /// up with handlers still at work: they keep their descriptors until they return, and so this goes on.
    func run(giveUp: () -> Void) throws(SocketError) -> Outcome {
        while true {
            if let job = ownJob.take() { return .handle(job) }
            isReadingEvents = true
            try loop.turn(maximumWait: maximumWait) { event in
                switch event {
                case .wakeup: readMail()
                case .ready(let registration, let readiness): ready(registration, readiness)
                case .deadline(let registration): deadline(registration)
                }
            }
            isReadingEvents = false
            swap(&queued, &resumed)
            for connection in resumed {
                connection.isQueued = false
                // It may have been closed in this turn, and its place be another's by now.
                if self.connection(connection.registration) != nil { pump(connection) }
            }
            resumed.removeAll(keepingCapacity: true)
            guard let drainDeadline else { continue }
            if connectionCount == 0 { return .drained(complete: !gaveUp) }
            if !gaveUp, drainDeadline <= .now {
                gaveUp = true
                cutConnections()
                if connectionCount > 0 { giveUp() }
            }
        }
    }

    private var maximumWait: Duration? {
        if !queued.isEmpty { return .zero }
        if attention.isAwake(at: .now) { return .zero }
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
        } else if readiness.contains(.peerFinished), connection.inFlight != nil || connection.stream != nil {
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
        if connection.state.isExpired { connection.inFlight?.cancellation.expire() }
        if connection.state.isCancelled { connection.inFlight?.cancellation.cancel() }
        pump(connection)
    }

    private func readMail() {
        for message in mailbox.takeAll() {
            switch message {
            case .completed(let completion): complete(completion)
            case .stream(let registration):
                if let connection = connection(registration), connection.stream != nil { pump(connection) }
            case .leave: beginLeaving()
            case .drain(let deadline): beginDraining(until: deadline)
            case .use(let context): if tls != nil { tls = context }
            }
        }
    }

    private func accept(_ acceptor: Acceptor) {
        acceptor.accept(loop, open)
    }

    func open(_ descriptor: consuming OwnedDescriptor, from peer: String) {
        let isFull = connectionCount >= configuration.limits.connections
        let ofPeer = connectionsByPeer[peer, default: 0]
        if isFull || ofPeer >= configuration.limits.connectionsByPeer { return turnAway(descriptor, from: peer) }
        var session: TLSSession?
        if let tls {
            session = try? TLSSession(tls, descriptor: descriptor.rawValue)
            guard session != nil else { return }
        }
        let state = ConnectionState(limits: configuration.limits, at: .now)
        guard let connection = register(descriptor, session: session, peer: peer, state: state) else { return }
        beginHandshake(connection)
        connectionCount += 1
        connectionsByPeer[peer] = ofPeer + 1
        configuration.statistics.acceptedConnections.add(1, ordering: .relaxed)
        if isLeaving { connection.state.beginLeaving() }
        pump(connection)
    }

    func register(
        _ descriptor: consuming OwnedDescriptor, session: TLSSession? = nil, peer: String, state: ConnectionState
    ) -> Connection? {
        guard let registration = try? loop.add(descriptor.rawValue, interest: .everythingOnce) else { return nil }
        let connection = Connection(
            descriptor: descriptor, session: session, peer: peer, registration: registration, state: state)
        while connections.count <= registration.slot { connections.append(nil) }
        connections[registration.slot] = connection
        return connection
    }

    // MARK: One connection

    func connection(_ registration: EventLoop.Registration) -> Connection? {
        guard connections.indices.contains(registration.slot), let connection = connections[registration.slot],
            connection.registration == registration
        else { return nil }
        return connection
    }

    /// Does what the state asks for until it waits for something.
    func pump(_ connection: Connection) {
        var share = Self.share
        // One reading for all: nothing here blocks.
        let now = MonotonicInstant.now
        guard connection.handshakeDeadline == nil || shakeHands(connection, at: now) else {
            return setDeadline(connection)
        }
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
                if isReadingEvents, connection.output != nil { return postpone(connection) }
                guard write(connection, at: now) else { return setDeadline(connection) }
            case .stream:
                guard stream(connection, at: now) else { return setDeadline(connection) }
            case .sendHeartbeat: sendHeartbeat(connection)
            case .endStream(let ending): end(connection, ending)
            case .shutdownSending: connection.transport.shutdownSending()
            case .close:
                close(connection)
                return
            }
        }
        postpone(connection)
    }

    /// Goes on with it after this turn's events.
    private func postpone(_ connection: Connection) {
        setDeadline(connection)
        guard !connection.isQueued else { return }
        connection.isQueued = true
        queued.append(connection)
    }

    private func setDeadline(_ connection: Connection) {
        let deadline = if let handshake = connection.handshakeDeadline { handshake } else { connection.state.deadline }
        loop.setDeadline(deadline, for: connection.registration)
    }

    /// Whether there was anything.
    private func read(_ connection: Connection, at now: MonotonicInstant) -> Bool {
        guard connection.mayRead else { return false }
        let transport = connection.transport
        switch transport.receive(into: scratch) {
        case .transferred(let count):
            // A short read has emptied the socket; what comes later is a new event (epoll(7)).
            if count < scratch.count, !connection.peerMayHaveFinished, !transport.holdsMore {
                connection.mayRead = false
            }
            connection.state.received(UnsafeRawBufferPointer(rebasing: scratch[..<count]), at: now)
            if let permit = connection.admitted?.permit, !permit.hold(bytes: connection.state.heldBytes) {
                connection.state.giveUp(.overloaded)
            }
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
        let progress = output.send(to: connection.transport)
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
        let progress = output.send(to: connection.transport)
        connection.output = progress == .blocked ? output : nil
        if progress == .broken { connection.state.broken() }
    }

    func close(_ connection: Connection) {
        guard self.connection(connection.registration) != nil else { return }
        abandonStream(connection)
        connection.transport.finish(discardingInto: scratch)
        loop.remove(connection.registration)
        connections[connection.registration.slot] = nil
        if connection.isTurnedAway {
            turnedAway -= 1
            return
        }
        connectionCount -= 1
        let left = (connectionsByPeer[connection.peer] ?? 1) - 1
        connectionsByPeer[connection.peer] = left > 0 ? left : nil
    }
}
