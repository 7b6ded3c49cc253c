import CLinux

/// Wakes an event loop from another thread.
public final class Waker: Sendable {
    private let descriptor: OwnedDescriptor

    public init() throws(SocketError) {
        let fd = linux_eventfd_create()
        guard fd >= 0 else { throw .system(operation: "eventfd", code: -fd) }
        descriptor = OwnedDescriptor(takingOver: fd)
    }

    var rawDescriptor: Int32 { descriptor.rawValue }

    /// Makes the loop's current or next wait return.
    public func wake() {
        _ = linux_eventfd_signal(descriptor.rawValue)
    }

    func reset() {
        _ = linux_eventfd_reset(descriptor.rawValue)
    }
}
