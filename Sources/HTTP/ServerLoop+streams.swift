import Sockets

/// Answers that stay open: what producers have left is written, and their end is told to them once.
extension ServerLoop {
    /// The head of a stream is out, or as much of it as the socket took.
    func begin(_ open: OpenStream, on connection: Connection, unsent: PendingOutput?, at now: MonotonicInstant) {
        connection.output = unsent
        connection.stream = open
        open.stream.attach { [mailbox, registration = connection.registration] in
            mailbox.post(.stream(registration))
        }
        // Known before, when nothing was to be done about it.
        if connection.peerMayHaveFinished { connection.state.peerStoppedSending(at: now) }
        connection.state.streamBegan(heartbeat: open.stream.heartbeat?.interval, at: now)
    }

    /// Writes what the stream has; whether the state has to be asked again.
    func stream(_ connection: Connection, at now: MonotonicInstant) -> Bool {
        guard let open = connection.stream else {
            connection.state.responseFinished(at: now)
            return true
        }
        if open.stream.hasOverflown {
            connection.state.broken()
            return true
        }
        if connection.output == nil {
            connection.stream?.hasBegun = true
            guard case .bytes(let bytes, let isLast) = open.stream.next() else {
                connection.state.streamIsIdle()
                return false
            }
            connection.stream?.isLast = isLast
            connection.output = PendingOutput(
                ResponseEncoder.encode(piece: bytes, isChunked: open.isChunked, isLast: isLast))
        }
        return flush(connection, at: now)
    }

    private func flush(_ connection: Connection, at now: MonotonicInstant) -> Bool {
        guard var output = connection.output, let open = connection.stream else { return true }
        let before = output.sent
        let progress = output.send(to: connection.transport)
        connection.output = progress == .blocked ? output : nil
        if output.sent > before { connection.state.wrote(at: now) }
        if open.hasBegun {
            connection.stream?.record.bodyBytes += output.sent - before
            open.stream.wrote(left: output.left)
        }
        switch progress {
        case .blocked:
            connection.state.streamIsBlocked(at: now)
            return false
        case .broken: connection.state.broken()
        case .finished where connection.stream?.isLast == true:
            finish(connection, open.ending ?? .ended)
            connection.state.responseFinished(at: now)
        case .finished: connection.state.streamIsIdle()
        }
        return true
    }

    /// Nothing is waiting to be written when this is called.
    func sendHeartbeat(_ connection: Connection) {
        guard let open = connection.stream, let heartbeat = open.stream.heartbeat, connection.output == nil else {
            return
        }
        connection.stream?.hasBegun = true
        connection.output = PendingOutput(
            ResponseEncoder.encode(piece: heartbeat.bytes, isChunked: open.isChunked, isLast: false))
    }

    func end(_ connection: Connection, _ ending: ResponseStream.Ending) {
        connection.stream?.ending = ending
        connection.stream?.stream.end()
    }

    /// The connection closes with its stream open.
    func abandonStream(_ connection: Connection) {
        guard let open = connection.stream else { return }
        let isOverflow = open.stream.hasOverflown
        finish(connection, connection.state.hasStalled ? .stalled : isOverflow ? .overflow : open.ending ?? .peerLeft)
    }

    private func finish(_ connection: Connection, _ ending: ResponseStream.Ending) {
        guard let open = connection.stream else { return }
        connection.stream = nil
        open.stream.close(ending)
        configuration.statistics.count(ending)
        guard let onAccess = configuration.onAccess else { return }
        var record = open.record
        record.duration = open.began.duration(to: .now)
        onAccess(record)
    }
}
