import Sockets

/// The server's end, in its steps: every answer is the last, what waits is answered, what is left is cut.
extension ServerLoop {
    func beginDraining(until deadline: MonotonicInstant) {
        guard drainDeadline == nil else { return }
        drainDeadline = deadline
        beginLeaving()
        acceptor?.close(loop, open)
        acceptor = nil
        let now = MonotonicInstant.now
        for connection in connections.compactMap({ $0 }) {
            connection.state.beginDraining(at: now)
            hurryHandshake(connection, at: now)
            pump(connection)
        }
    }

    /// Every answer says from now on that it is the connection's last, so that clients turn to another server.
    func beginLeaving() {
        isLeaving = true
        for connection in connections.compactMap({ $0 }) {
            connection.state.beginLeaving()
            if connection.stream != nil { pump(connection) }
        }
    }

    func cutConnections() {
        for connection in connections.compactMap({ $0 }) {
            connection.state.broken()
            connection.stream?.ending = .stopped
            if let inFlight = connection.inFlight {
                inFlight.cancellation.cancel()
                connection.descriptor.shutdownBoth()
            } else {
                close(connection)
            }
        }
    }
}
