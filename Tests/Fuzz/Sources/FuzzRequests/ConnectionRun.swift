import HTTP
import Sockets

/// What a connection came to: what was routed, handled and refused, in order.
enum Happening: Equatable {
    case routed(RequestHead)
    case handled(String, [UInt8])
    case faulted(HTTPFault)
}

/// Drives a connection's state machine through the pieces, and holds it to what has to be true whatever they are.
func run(_ pieces: [[UInt8]], limits: HTTPLimits, bodyLimit: Int, peerFinishes: Bool) -> [Happening] {
    var run = ConnectionRun(limits: limits, bodyLimit: bodyLimit)
    for piece in pieces {
        // Nothing is read before the state asks for it: an answer in between has been written by then.
        guard run.advance() else { break }
        run.receive(piece)
    }
    if run.advance(), peerFinishes {
        run.finish()
        check(!run.advance(), "the peer's end ends the connection")
    }
    return run.happenings
}

struct ConnectionRun {
    private(set) var happenings: [Happening] = []
    private var state: ConnectionState
    private let limits: HTTPLimits
    private let bodyLimit: Int
    private let now = MonotonicInstant(nanoseconds: 0)
    private var hasFaulted = false
    private var isRefused = false
    /// Whether the last word on this connection has been said.
    private var isLast = false
    /// Pieces that the open stream still has.
    private var pieces = 0

    init(limits: HTTPLimits, bodyLimit: Int) {
        state = ConnectionState(limits: limits, at: now)
        (self.limits, self.bodyLimit) = (limits, bodyLimit)
    }

    mutating func receive(_ piece: [UInt8]) {
        piece.withUnsafeBytes { state.received($0, at: now) }
    }

    mutating func finish() { state.peerFinished(at: now) }

    /// Whether the connection wants to read; false when it has closed.
    mutating func advance() -> Bool {
        for _ in 0..<1_000_000 {
            switch state.nextAction(at: now) {
            case .read:
                // A line that has no end yet, or a body: never more than its cap and its line end.
                let line = max(limits.requestLineBytes, limits.fieldLineBytes, limits.chunkLineBytes) + 2
                let cap = hasFaulted ? 0 : max(bodyLimit, limits.drainBytes) + line
                check(isLast && !hasFaulted || state.heldBytes <= cap, "what is held is bounded")
                return true
            case .route(let head):
                check(!hasFaulted && !isLast, "nothing is parsed after a fault or after the last answer")
                happenings.append(.routed(head))
                touch(head)
                isRefused = head.target.rawPath.hasSuffix("refused")
                if isRefused { state.refuse(at: now) } else { state.admit(bodyLimit: bodyLimit, at: now) }
            case .handle(let head, let body):
                check(!hasFaulted && !isLast, "nothing is handled after a fault")
                check(body.count <= bodyLimit, "a body is no longer than its cap")
                check(!isRefused || body.isEmpty, "a refused request's body is dropped")
                if case .length(let length) = head.framing, !isRefused {
                    check(body.count == length, "a body is as long as it was declared")
                }
                happenings.append(.handled(head.target.raw, body))
                respond(isStream: head.target.rawPath.hasSuffix("stream"))
            case .answerFault(let fault):
                check(!hasFaulted, "a connection faults once")
                check(state.persistence == .close, "a fault is the last answer")
                hasFaulted = true
                happenings.append(.faulted(fault))
                respond()
            case .write: state.responseFinished(at: now)
            case .stream:
                pieces -= 1
                state.wrote(at: now)
                state.streamIsIdle()
                if pieces < 0 { state.responseFinished(at: now) }
            case .sendHeartbeat, .endStream: check(false, "nothing ends a stream here, and no time passes")
            case .sendContinue, .shutdownSending: break
            case .awaitResponse: check(false, "there is no answer to wait for")
            case .close: return false
            }
        }
        check(false, "the state machine comes to rest")
        return false
    }

    private mutating func respond(isStream: Bool = false) {
        if state.persistence == .close { isLast = true }
        check(state.isBusy, "a request in hand makes a connection busy")
        guard isStream else { return state.responseReady(at: now) }
        // To HTTP/1.0 a stream ends with the connection.
        if state.persistence == .keepAlive { isLast = true }
        pieces = 2
        state.streamBegan(at: now)
        check(state.isBusy, "an open stream makes a connection busy")
    }

    /// What routing does with a head, and what an encoder would write of it.
    private func touch(_ head: RequestHead) {
        _ = try? head.target.pathSegments()
        _ = try? head.target.queryItems()
        for field in head.fields {
            for byte in field.value.utf8 { check(byte >= 0x20 || byte == 9, "no control byte is in a value") }
        }
    }
}
