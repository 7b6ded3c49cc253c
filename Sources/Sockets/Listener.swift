import CLinux
import Glibc

/// A listening TCP socket.
public final class Listener: Sendable {
    /// Where it listens, with the port that the kernel chose if 0 was asked for.
    public let address: SocketAddress
    /// The socket, for the event loop.
    public let descriptor: OwnedDescriptor

    /// Binds and listens; the error is one line that a person can act on.
    public init(host: String, port: UInt16, backlog: Int32 = 1024) throws(SocketError) {
        let wanted = try SocketAddress(host: host, port: port)
        let fd = wanted.withSocketAddress { linux_tcp_listen($0, $1, backlog) }
        guard fd >= 0 else { throw .listening(on: wanted.description, code: -fd) }
        let owned = OwnedDescriptor(takingOver: fd)

        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(fd, $0, &length) }
        }
        guard status == 0 else { throw .system(operation: "getsockname", code: errno) }
        descriptor = owned
        address = SocketAddress(storage: storage) ?? wanted
    }

    /// Takes one waiting connection, non-blocking, close-on-exec, with TCP_NODELAY.
    public func accept() -> AcceptResult {
        while true {
            var storage = sockaddr_storage()
            var length = socklen_t(0)
            let fd = linux_tcp_accept(descriptor.rawValue, &storage, &length)
            if fd >= 0 {
                let peer = SocketAddress(storage: storage)
                return .connection(OwnedDescriptor(takingOver: fd), peer: peer?.host ?? "unknown")
            }
            switch Self.meaning(ofAcceptError: -fd) {
            case .retry: continue
            case .nothingWaiting: return .wouldBlock
            case .exhausted: return .exhausted(-fd)
            }
        }
    }

    /// No new connection is begun any more: who asks for one is not answered, and asks again. Those that wait are still
    /// to be accepted; closed unaccepted, they would be reset.
    public func refuseNewConnections() {
        _ = linux_tcp_refuse(descriptor.rawValue)
    }

    /// Whether somebody waits to be accepted, now or within a few milliseconds.
    public func hasConnection(within milliseconds: Int32) -> Bool {
        linux_wait_readable(descriptor.rawValue, milliseconds) > 0
    }

    enum AcceptErrorMeaning { case retry, nothingWaiting, exhausted }

    /// Linux reports a new connection's own network errors from accept (accept(2), "Error handling"): those
    /// connections are gone and the next one is tried. Anything unknown is treated as a lack of resources, because
    /// pausing is safe and spinning is not.
    static func meaning(ofAcceptError code: Int32) -> AcceptErrorMeaning {
        switch code {
        case EAGAIN, EWOULDBLOCK: .nothingWaiting
        case ECONNABORTED, EINTR, EPROTO, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, ENETDOWN, ENETUNREACH, EPERM:
            .retry
        default: .exhausted
        }
    }
}

/// What one try to accept came to.
public enum AcceptResult: ~Copyable, Sendable {
    /// A connection and its peer's address without the port.
    case connection(OwnedDescriptor, peer: String)
    /// Nobody waits.
    case wouldBlock
    /// Out of descriptors or memory (`EMFILE`, `ENFILE`, `ENOBUFS`, `ENOMEM`): pause, then try again.
    case exhausted(Int32)
}
