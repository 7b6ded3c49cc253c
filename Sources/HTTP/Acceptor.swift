import Sockets

/// Accepts connections, and pauses when the process has no descriptors left.
final class Acceptor {
    let registration: EventLoop.Registration
    private let listener: Listener
    private let onNotice: (@Sendable (ServerNotice) -> Void)?
    /// From the first refusal to the next success: the notice is given once.
    private var isExhausted = false
    private static let pause: Duration = .milliseconds(200)
    /// Connections in one turn of the loop, so that a flood does not starve those that are there.
    private static let share = 64

    init(
        listener: Listener, loop: EventLoop, onNotice: (@Sendable (ServerNotice) -> Void)?
    ) throws(SocketError) {
        self.listener = listener
        self.onNotice = onNotice
        registration = try loop.add(listener.descriptor.rawValue, interest: .reading)
    }

    func accept(_ loop: EventLoop, _ body: (consuming OwnedDescriptor, String) -> Void) {
        for _ in 0..<Self.share {
            switch listener.accept() {
            case .connection(let descriptor, let peer):
                if isExhausted {
                    isExhausted = false
                    onNotice?(.acceptResumed)
                }
                body(descriptor, peer)
            case .wouldBlock: return
            case .exhausted(let code):
                if !isExhausted {
                    isExhausted = true
                    onNotice?(.acceptPaused(code: code))
                }
                loop.change(registration, interest: .nothing)
                loop.setDeadline(MonotonicInstant.now.advanced(by: Self.pause), for: registration)
                return
            }
        }
    }

    func resume(_ loop: EventLoop) {
        loop.change(registration, interest: .reading)
    }

    /// For the handshakes that have begun when no more are let in.
    private static let handshakeMilliseconds: Int32 = 2

    /// Takes what waits, so that no client that has connected is reset, and ends.
    func close(_ loop: EventLoop, _ body: (consuming OwnedDescriptor, String) -> Void) {
        loop.remove(registration)
        listener.refuseNewConnections()
        while listener.hasConnection(within: Self.handshakeMilliseconds),
            case .connection(let descriptor, let peer) = listener.accept()
        {
            body(descriptor, peer)
        }
        // At once, whoever else still holds the listener.
        listener.descriptor.shutdownBoth()
    }
}
