import COpenSSL
import Glibc
import Synchronization

/// One connection's TLS, over a descriptor that its owner keeps open for as long as this is used.
///
/// An OpenSSL session is for one thread at a time. Nobody ever waits for the lock, because the right to use a connection is
/// handed on whole; it is there so that a slip in that could not corrupt memory.
public final class TLSSession: Sendable {
    /// What one step of the handshake came to.
    public enum Handshake: Equatable, Sendable {
        case established
        /// The event loop says when to go on.
        case wouldBlock
        /// Over; the peer has been told why, where the protocol has words for it.
        case failed(Int32)
    }

    private let use = Mutex(())
    // Reached with the lock held only.
    nonisolated(unsafe) private let raw: OpaquePointer

    /// - Parameter descriptor: an accepted, non-blocking connection.
    public init(_ context: TLSContext, descriptor: Int32) throws(TLSError) {
        guard let raw = tls_session_create(context.raw, descriptor) else { throw .unavailable }
        self.raw = raw
    }

    deinit {
        tls_session_free(raw)
    }

    /// Goes on with the handshake, to be called until it no longer would block.
    public func handshake() -> Handshake {
        let status = use.withLock { _ in tls_session_handshake(raw) }
        switch status {
        case 1: return .established
        case -EAGAIN: return .wouldBlock
        default: return .failed(-status)
        }
    }

    /// As of a descriptor: a short read has emptied the socket, unless `holdsMore`.
    public func receive(into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        guard let base = buffer.baseAddress, buffer.count > 0 else { return .wouldBlock }
        let count = use.withLock { _ in tls_session_receive(raw, base, buffer.count) }
        if count > 0 { return .transferred(count) }
        return count == 0 ? .endOfStream : TransferResult(failure: count)
    }

    /// Whether the next `receive` has something to tell though the socket may be empty.
    public var holdsMore: Bool { use.withLock { _ in tls_session_holds_more(raw) } }

    /// Sends the start of two pieces; after `wouldBlock`, the next call has to begin with the same bytes.
    public func send(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> TransferResult {
        let count = use.withLock { _ in
            tls_session_send_pair(raw, first.baseAddress, first.count, second.baseAddress, second.count)
        }
        return count >= 0 ? .transferred(count) : TransferResult(failure: count)
    }

    /// Tells the peer (close_notify) that nothing more comes.
    public func finishSending() {
        use.withLock { _ in tls_session_finish_sending(raw) }
    }
}
