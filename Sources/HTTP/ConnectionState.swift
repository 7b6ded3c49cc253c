import Sockets

/// The life of one HTTP connection as a value: it is told what happened and when, and says what to do.
///
/// It does no I/O and reads no clock, so tests drive it with instants of their own. One request is in hand at a time;
/// those that follow in the pipeline wait in the parser, and nothing is read while one is handled.
public struct ConnectionState: Sendable {
    enum Phase: Equatable, Sendable {
        /// Between requests, or in a head.
        case head
        case routing(RequestHead)
        case body(RequestHead)
        case handling
        case responding
        /// After the answer to a request whose body is not wanted: what there is of it is read and dropped.
        case dropping
        /// An answer that has no end yet.
        case streaming
        case closingInOrder
        case lingering
        case closed
    }

    let limits: HTTPLimits
    var parser: RequestParser
    var phase = Phase.head
    var phaseStart: MonotonicInstant
    var isFirstRequest = true
    var headHasBegun = false
    private var continueDue = false
    var peerHasFinished = false
    var peerFinishedAt: MonotonicInstant?
    var isLeaving = false
    var isDraining = false
    private var lingered = 0
    private var pendingFault: HTTPFault?
    private var pendingHandle: RequestHead?
    private var persists = false
    /// What the response in hand says about the connection: it is held to that, whatever happens meanwhile.
    var announced = ResponseEncoder.Persistence.close
    var isHTTP10 = false
    var unreadInput = false
    var cancelled = false
    private var isBroken = false
    /// The first byte of the request in hand.
    var requestStart: MonotonicInstant?
    var expired = false
    /// Of the stream that is open, if one is.
    var stream = OpenStreamState()

    public init(limits: HTTPLimits, at now: MonotonicInstant) {
        self.limits = limits
        parser = RequestParser(limits: limits)
        phaseStart = now
    }

    /// One that has been told that there is no place for it.
    init(turnedAway limits: HTTPLimits, at now: MonotonicInstant) {
        self.init(limits: limits, at: now)
        (phase, unreadInput) = (.closingInOrder, true)
    }

    /// Bytes that the peer has sent and no handler has got yet.
    public var heldBytes: Int { parser.heldBytes }

    /// Whether the next request may well have the same head, as the same object.
    func remembers(_ head: RequestHead) -> Bool { parser.remembers(head) }

    /// Whether the request in hand has lost its client.
    public var isCancelled: Bool { cancelled }

    /// Whether the request in hand took too long: its client is to be told so.
    public var isExpired: Bool { expired }

    /// What the next response has to say about the connection.
    public var persistence: ResponseEncoder.Persistence {
        // After the peer's end only what it has pipelined already can follow.
        guard persists, !isLeaving, !peerHasFinished || parser.hasBufferedBytes else { return .close }
        return isHTTP10 ? .keepAlive : .implied
    }

    /// Whether a request is in hand, from its first byte to its response's last.
    public var isBusy: Bool {
        switch phase {
        case .head: parser.isInsideRequest
        case .dropping, .lingering, .closed: false
        default: true
        }
    }

    // MARK: What happened

    /// Bytes came in.
    public mutating func received(_ bytes: UnsafeRawBufferPointer, at now: MonotonicInstant) {
        if case .lingering = phase {
            lingered += bytes.count
            if lingered > limits.lingerBytes { phase = .closed }
            return
        }
        parser.append(bytes)
    }

    /// The peer will send nothing more.
    public mutating func peerFinished(at now: MonotonicInstant) {
        guard !peerHasFinished else { return }
        peerHasFinished = true
        peerFinishedAt = now
        switch phase {
        case .lingering: phase = .closed
        default: break
        }
    }

    /// The peer has ended its sending side while its request is handled. What it sent before may still be unread, so
    /// that the end itself is met later, by reading.
    public mutating func peerStoppedSending(at now: MonotonicInstant) {
        if peerFinishedAt == nil { peerFinishedAt = now }
    }

    /// The connection is reset, or a write failed: nothing can be answered any more.
    public mutating func broken() {
        (cancelled, isBroken) = (true, true)
        if phase != .handling { phase = .closed }
    }

    /// The route is known, and how large its body may be.
    public mutating func admit(bodyLimit: Int, at now: MonotonicInstant) {
        guard case .routing(let head) = phase else { return }
        do {
            try parser.beginBody(limit: bodyLimit)
            continueDue = head.expectsContinue
            phase = .body(head)
            phaseStart = now
        } catch {
            fail(error)
        }
    }

    /// The answer is known without the body, and given at once: what little there is of it is read and dropped
    /// afterwards, or else the connection closes.
    public mutating func refuse(at now: MonotonicInstant) {
        guard case .routing(let head) = phase else { return }
        let isDropped =
            !head.expectsContinue && (try? parser.beginBody(limit: limits.drainBytes, keeping: false)) != nil
        if !isDropped { (persists, unreadInput) = (false, true) }
        pendingHandle = head
    }

    /// There is no room for the body that is arriving.
    public mutating func giveUp(_ fault: HTTPFault) {
        if case .body = phase { fail(fault) }
    }

    /// The response is there, and being written.
    public mutating func responseReady(at now: MonotonicInstant) {
        guard phase != .closed else { return }
        phase = phaseOfAnswer(.responding)
        phaseStart = now
    }

    /// A request that lost its client has no answer; one that has only ended its side may still read those before.
    func phaseOfAnswer(_ phase: Phase) -> Phase { isBroken ? .closed : cancelled ? .closingInOrder : phase }

    /// Some of the response went out.
    public mutating func wrote(at now: MonotonicInstant) {
        phaseStart = now
    }

    /// The response is out, or was given up.
    public mutating func responseFinished(at now: MonotonicInstant) {
        guard phase == .responding || phase == .streaming else { return }
        // One who still takes answers has not gone.
        if peerFinishedAt != nil { peerFinishedAt = now }
        if announced == .close {
            // While a stream is open nothing is read, so what the peer has sent meanwhile would make the close a reset.
            let mayHaveMore =
                unreadInput || isLeaving || parser.hasBufferedBytes || !parser.isComplete || phase == .streaming
            phase = mayHaveMore ? .closingInOrder : .closed
            return
        }
        phase = .dropping
        phaseStart = now
        (requestStart, expired) = (nil, false)
        if parser.isComplete { beginNextRequest(at: now) }
    }

    private mutating func beginNextRequest(at now: MonotonicInstant) {
        parser.beginNextRequest()
        phase = .head
        phaseStart = now
        (isFirstRequest, headHasBegun) = (false, false)
    }

    /// The server is about to stop: from now on a response says that it is the connection's last.
    public mutating func beginLeaving() {
        isLeaving = true
        endStream(.stopped)
    }

    /// The server is stopping: the next response says that it is the last. A client that has not been told yet may have
    /// sent a request already, and is given a moment for it.
    public mutating func beginDraining(at now: MonotonicInstant) {
        (isLeaving, isDraining) = (true, true)
        endStream(.stopped)
        if phase == .dropping || phase == .head && !parser.isInsideRequest { phaseStart = now }
    }

    // MARK: What to do

    public mutating func nextAction(at now: MonotonicInstant) -> ConnectionAction {
        if let fault = pendingFault {
            pendingFault = nil
            beginHandling()
            return .answerFault(fault)
        }
        if let head = pendingHandle {
            pendingHandle = nil
            beginHandling()
            return .handle(head, body: [])
        }
        switch phase {
        case .head: return nextInHead(at: now)
        case .routing(let head): return .route(head)
        case .body(let head): return nextInBody(head, at: now)
        case .handling: return .awaitResponse
        case .responding: return .write
        case .dropping: return nextInDropping(at: now)
        case .streaming: return nextInStream()
        case .closingInOrder:
            phase = peerHasFinished ? .closed : .lingering
            phaseStart = now
            return .shutdownSending
        case .lingering: return .read
        case .closed: return .close
        }
    }

    private mutating func beginHandling() {
        phase = .handling
        announced = persistence
    }

    private mutating func nextInHead(at now: MonotonicInstant) -> ConnectionAction {
        do {
            switch try parser.next() {
            case .head(let head):
                requestStart = requestStart ?? now
                persists = head.keepsAlive
                isHTTP10 = head.version == .http10
                phase = .routing(head)
                return .route(head)
            case .needMore, .body: return needMore(at: now)
            }
        } catch {
            fail(error)
            return nextAction(at: now)
        }
    }

    private mutating func nextInBody(_ head: RequestHead, at now: MonotonicInstant) -> ConnectionAction {
        do {
            switch try parser.next() {
            case .body(let body):
                beginHandling()
                return .handle(head, body: body)
            case .needMore, .head:
                if continueDue {
                    continueDue = false
                    if !parser.hasBufferedBytes, parser.bodyBytesReceived == 0 { return .sendContinue }
                }
                return needMore(at: now)
            }
        } catch {
            fail(error)
            return nextAction(at: now)
        }
    }

    /// The answer is out, so that there is nobody to tell of a fault.
    private mutating func nextInDropping(at now: MonotonicInstant) -> ConnectionAction {
        do {
            switch try parser.next() {
            case .body: beginNextRequest(at: now)
            case .needMore, .head:
                guard peerHasFinished else { return .read }
                phase = .closingInOrder
            }
        } catch {
            phase = .closingInOrder
        }
        return nextAction(at: now)
    }

    private mutating func needMore(at now: MonotonicInstant) -> ConnectionAction {
        if peerHasFinished {
            guard parser.isInsideRequest else {
                phase = .closed
                return .close
            }
            fail(.truncated)
            return nextAction(at: now)
        }
        if phase == .head, !headHasBegun, parser.isInsideRequest {
            headHasBegun = true
            requestStart = now
            if !isFirstRequest { phaseStart = now }
        }
        return .read
    }

    mutating func fail(_ fault: HTTPFault) {
        persists = false
        unreadInput = true
        pendingFault = fault
        parser.fail(fault)
    }
}
