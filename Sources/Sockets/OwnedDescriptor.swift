import CLinux
import Glibc

/// A file descriptor with one owner, closed when that owner goes away.
///
/// It cannot be copied, so it can neither leak nor be closed twice.
public struct OwnedDescriptor: ~Copyable, Sendable {
    /// The raw number; valid while this value lives.
    public let rawValue: Int32

    /// Takes over an open descriptor.
    public init(takingOver rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        // close() is not retried on EINTR: Linux has released the number already.
        _ = Glibc.close(rawValue)
    }

    /// Reads what is there, without blocking on a non-blocking descriptor.
    public func receive(into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        Self.receive(from: rawValue, into: buffer)
    }

    /// The same for a descriptor that another value owns and keeps open during the call.
    public static func receive(
        from rawValue: Int32, into buffer: UnsafeMutableRawBufferPointer
    ) -> TransferResult {
        guard let base = buffer.baseAddress, buffer.count > 0 else { return .wouldBlock }
        let count = linux_receive(rawValue, base, buffer.count)
        if count > 0 { return .transferred(count) }
        return count == 0 ? .endOfStream : TransferResult(failure: count)
    }

    /// Sends two pieces in one call, without SIGPIPE; may send only part of them.
    public func send(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> TransferResult {
        Self.send(to: rawValue, first, second)
    }

    /// The same for a descriptor that another value owns and keeps open during the call.
    public static func send(
        to rawValue: Int32, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer
    ) -> TransferResult {
        let count = linux_send_pair(rawValue, first.baseAddress, first.count, second.baseAddress, second.count)
        return count >= 0 ? .transferred(count) : TransferResult(failure: count)
    }

    /// Ends the sending side: the peer reads the end of the stream, and may go on sending.
    public func shutdownSending() {
        Self.shutdownSending(rawValue)
    }

    /// The same for a descriptor that another value owns and keeps open during the call.
    public static func shutdownSending(_ rawValue: Int32) {
        _ = linux_shutdown_send(rawValue)
    }

    /// Ends both directions; the number stays taken until the owner goes away.
    public func shutdownBoth() {
        _ = linux_shutdown_both(rawValue)
    }

    /// Makes the later close reset the connection.
    public func resetOnClose() {
        _ = linux_reset_on_close(rawValue)
    }
}

/// What one read or write on a descriptor came to.
public enum TransferResult: Equatable, Sendable {
    /// This many bytes, more than zero for a read.
    case transferred(Int)
    /// Nothing now; the event loop says when.
    case wouldBlock
    /// The peer will send nothing more.
    case endOfStream
    /// The connection is broken, with the `errno` that says how.
    case failed(Int32)

    init(failure: Int) {
        let code = Int32(truncatingIfNeeded: -failure)
        self = code == EAGAIN || code == EWOULDBLOCK ? .wouldBlock : .failed(code)
    }
}
