import Sockets

/// What a connection's state knows of its open stream.
struct OpenStreamState: Equatable, Sendable {
    /// After how long without a byte one is sent.
    var heartbeat: Duration?
    /// Bytes wait that the peer does not take.
    var isBlocked = false
    var heartbeatIsDue = false
    /// Why the stream is to end, until the owner has been told.
    var endDue: ResponseStream.Ending?
    var isEnding = false
    var hasStalled = false
}

/// The phase of an answer that stays open. It has no deadline as a whole: only a peer that takes nothing, or that has
/// ended its own side, ends it. Nothing is read meanwhile; what is pipelined comes after the stream's end.
extension ConnectionState {
    /// Whether the peer understands chunks; to others a stream ends with the connection.
    var takesChunks: Bool { !isHTTP10 }

    /// Whether the peer took nothing of the stream for too long.
    public var hasStalled: Bool { stream.hasStalled }

    /// The head of a stream has been written, or is the first that will be.
    ///
    /// - Parameter heartbeat: after how long without a byte `sendHeartbeat` is to be done; nil for never.
    public mutating func streamBegan(heartbeat: Duration? = nil, at now: MonotonicInstant) {
        guard phase != .closed else { return }
        phase = phaseOfAnswer(.streaming)
        phaseStart = now
        stream = OpenStreamState(heartbeat: heartbeat)
        if isHTTP10 { announced = .close }
        // The peer's end came before; the grace for it begins now.
        if peerFinishedAt != nil { peerFinishedAt = now }
        if isDraining { endStream(.stopped) }
    }

    /// Everything that the stream had is out.
    public mutating func streamIsIdle() { stream.isBlocked = false }

    /// The peer does not take what the stream has.
    public mutating func streamIsBlocked(at now: MonotonicInstant) {
        guard !stream.isBlocked else { return }
        stream.isBlocked = true
        phaseStart = now
    }

    /// The stream, if one is open, is to be ended in an orderly way.
    mutating func endStream(_ ending: ResponseStream.Ending) {
        guard phase == .streaming, !stream.isEnding, stream.endDue == nil else { return }
        stream.endDue = ending
    }

    mutating func nextInStream() -> ConnectionAction {
        if let ending = stream.endDue {
            (stream.endDue, stream.isEnding) = (nil, true)
            return .endStream(ending)
        }
        if stream.heartbeatIsDue {
            stream.heartbeatIsDue = false
            return .sendHeartbeat
        }
        return .stream
    }

    var streamDeadline: MonotonicInstant? {
        let write = stream.isBlocked ? stallDeadline : stream.isEnding ? nil : heartbeatDeadline
        guard let grace = graceDeadline else { return write }
        return min(write ?? grace, grace)
    }

    /// While draining there is no time for those who do not read; they come back and get what they missed.
    private var stallDeadline: MonotonicInstant {
        phaseStart.advanced(by: isDraining ? limits.drainIdleTimeout : limits.writeStallTimeout)
    }

    private var heartbeatDeadline: MonotonicInstant? { stream.heartbeat.map { phaseStart.advanced(by: $0) } }

    private var graceDeadline: MonotonicInstant? {
        stream.isEnding ? nil : peerFinishedAt?.advanced(by: limits.halfCloseGrace)
    }

    mutating func streamDeadlinePassed(at now: MonotonicInstant) {
        if stream.isBlocked, stallDeadline <= now {
            stream.hasStalled = true
            phase = .closed
        } else if let grace = graceDeadline, grace <= now {
            endStream(.peerLeft)
        } else {
            stream.heartbeatIsDue = !stream.isBlocked
        }
    }
}
