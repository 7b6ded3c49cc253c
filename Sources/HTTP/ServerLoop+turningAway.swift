import HTTPTypes
import Sockets

/// Clients over a cap.
extension ServerLoop {
    private static let mostTurnedAway = 64

    /// Over the cap: a word, as far as the socket takes it at once, and the end; in order, for some at a time, so that what
    /// the client sends does not reset what it has not read.
    func turnAway(_ descriptor: consuming OwnedDescriptor, from peer: String) {
        configuration.statistics.refusedConnections.add(1, ordering: .relaxed)
        guard tls == nil else { return }  // nothing can be said before a handshake
        let response = Response.error(
            status: .serviceUnavailable, code: "too_many_connections",
            message: "The server has as many connections as it accepts.", requestID: identifiers.next(), retryAfter: 1)
        var output = PendingOutput(
            ResponseEncoder.encode(response, toHead: false, persistence: .close, date: date.now))
        _ = output.send(to: Transport(descriptor: descriptor.rawValue))
        let state = ConnectionState(turnedAway: configuration.limits, at: .now)
        guard turnedAway < Self.mostTurnedAway else {
            descriptor.shutdownSending()
            _ = descriptor.receive(into: scratch)
            return
        }
        guard let connection = register(descriptor, peer: peer, state: state) else { return }
        connection.isTurnedAway = true
        turnedAway += 1
        pump(connection)
    }
}
