import Glibc
import Sockets

/// TLS handshakes: they come before the connection's state machine is asked for anything, which knows nothing of them.
extension ServerLoop {
    func beginHandshake(_ connection: Connection) {
        guard connection.session != nil else { return }
        connection.handshakeDeadline = MonotonicInstant.now.advanced(by: configuration.limits.tlsHandshakeTimeout)
    }

    /// Goes on with the handshake; false while it waits for the peer.
    func shakeHands(_ connection: Connection, at now: MonotonicInstant) -> Bool {
        guard let session = connection.session, let deadline = connection.handshakeDeadline else { return true }
        switch deadline <= now ? .failed(ETIMEDOUT) : session.handshake() {
        case .wouldBlock: return false
        case .established:
            // The time for the first request begins here.
            connection.state = ConnectionState(limits: configuration.limits, at: now)
            if isLeaving { connection.state.beginLeaving() }
            if drainDeadline != nil { connection.state.beginDraining(at: now) }
        case .failed: connection.state.broken()
        }
        connection.handshakeDeadline = nil
        return true
    }

    /// The server is stopping: a handshake that has begun is given the time of an idle connection.
    func hurryHandshake(_ connection: Connection, at now: MonotonicInstant) {
        guard let deadline = connection.handshakeDeadline else { return }
        connection.handshakeDeadline = min(deadline, now.advanced(by: configuration.limits.drainIdleTimeout))
    }
}
