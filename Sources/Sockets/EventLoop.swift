import CLinux
import Glibc

/// Waits for descriptors and deadlines, and reports them to whoever drives it.
///
/// It belongs to one thread; only its `waker` may be used from others. A registration is a slot and a generation:
/// an event that the kernel reported for a descriptor which has been removed since, and whose slot serves another
/// by now, is dropped.
public final class EventLoop {
    /// Names one registered descriptor; never reused.
    public struct Registration: Hashable, Sendable {
        /// A small number, reused after removal: an index for the owner's table.
        public let slot: Int
        let generation: UInt32
    }

    /// What a descriptor is watched for.
    public enum Interest: Sendable {
        /// Reading, writing and the peer's close, each reported once when it begins (edge-triggered).
        case everythingOnce
        /// Reading, reported for as long as it lasts.
        case reading
        /// Nothing but errors.
        case nothing

        var bits: UInt32 {
            switch self {
            case .everythingOnce: linux_ready_in | linux_ready_out | linux_ready_read_hangup | linux_edge_triggered
            case .reading: linux_ready_in
            case .nothing: 0
            }
        }
    }

    /// What happened.
    public enum Event: Equatable, Sendable {
        case ready(Registration, Readiness)
        case deadline(Registration)
        /// Another thread called `waker.wake()`, once or more.
        case wakeup
    }

    private struct Slot {
        var generation: UInt32 = 0
        var descriptor: Int32 = -1
        var deadline: MonotonicInstant?
    }

    /// Wakes this loop from any thread.
    public let waker: Waker
    private let epoll: OwnedDescriptor
    private let clock: () -> MonotonicInstant
    private var slots: [Slot] = []
    private var freeSlots: [Int] = []
    private var events = [linux_event](repeating: linux_event(), count: 256)
    /// No deadline is earlier than this. It may be too early, never too late, so that moving a deadline forward,
    /// which happens on every request, costs nothing.
    private var earliestDeadline: MonotonicInstant?
    private static let wakeToken = UInt64.max

    /// - Parameter waker: made by whoever wakes the loop; one loop a waker.
    public init(waker: Waker, clock: @escaping () -> MonotonicInstant = { .now }) throws(SocketError) {
        let fd = linux_epoll_create()
        guard fd >= 0 else { throw .system(operation: "epoll_create", code: -fd) }
        epoll = OwnedDescriptor(takingOver: fd)
        self.waker = waker
        self.clock = clock
        let status = linux_epoll_add(fd, waker.rawDescriptor, linux_ready_in, Self.wakeToken)
        guard status == 0 else { throw .system(operation: "epoll_ctl", code: -status) }
    }

    /// Watches a descriptor, which must stay open until it is removed.
    public func add(_ descriptor: Int32, interest: Interest) throws(SocketError) -> Registration {
        let slot = freeSlots.popLast() ?? slots.count
        if slot == slots.count { slots.append(Slot()) }
        let registration = Registration(slot: slot, generation: slots[slot].generation)
        let status = linux_epoll_add(epoll.rawValue, descriptor, interest.bits, Self.token(of: registration))
        guard status == 0 else {
            freeSlots.append(slot)
            throw .system(operation: "epoll_ctl", code: -status)
        }
        slots[slot].descriptor = descriptor
        return registration
    }

    /// Changes what a descriptor is watched for.
    public func change(_ registration: Registration, interest: Interest) {
        guard isCurrent(registration) else { return }
        let descriptor = slots[registration.slot].descriptor
        _ = linux_epoll_modify(epoll.rawValue, descriptor, interest.bits, Self.token(of: registration))
    }

    /// Stops watching; to be called before the descriptor is closed.
    public func remove(_ registration: Registration) {
        guard isCurrent(registration) else { return }
        _ = linux_epoll_remove(epoll.rawValue, slots[registration.slot].descriptor)
        slots[registration.slot] = Slot(generation: registration.generation &+ 1)
        freeSlots.append(registration.slot)
    }

    /// Sets, moves or (with nil) clears the one deadline of a registration; it is reported once.
    public func setDeadline(_ deadline: MonotonicInstant?, for registration: Registration) {
        guard isCurrent(registration) else { return }
        slots[registration.slot].deadline = deadline
        guard let deadline else { return }
        if let earliest = earliestDeadline, earliest <= deadline { return }
        earliestDeadline = deadline
    }

    /// Waits once, at most for `maximumWait`, and reports what happened, deadlines last.
    public func turn(maximumWait: Duration? = nil, _ body: (Event) -> Void) throws(SocketError) {
        let timeout = timeoutMilliseconds(maximumWait)
        let count = events.withUnsafeMutableBufferPointer { buffer in
            linux_epoll_wait(epoll.rawValue, buffer.baseAddress, Int32(buffer.count), timeout)
        }
        guard count >= 0 else { throw .system(operation: "epoll_wait", code: -count) }
        for index in 0..<Int(count) {
            let event = events[index]
            if event.data == Self.wakeToken {
                waker.reset()
                body(.wakeup)
                continue
            }
            let registration = Self.registration(of: event.data)
            guard isCurrent(registration) else { continue }
            body(.ready(registration, Readiness(rawValue: event.ready)))
        }
        reportDeadlines(body)
    }

    private func reportDeadlines(_ body: (Event) -> Void) {
        guard let earliest = earliestDeadline else { return }
        let now = clock()
        guard earliest <= now else { return }
        var next: MonotonicInstant?
        var due: [Registration] = []
        for index in slots.indices {
            guard let deadline = slots[index].deadline else { continue }
            if deadline <= now {
                slots[index].deadline = nil
                due.append(Registration(slot: index, generation: slots[index].generation))
            } else {
                next = min(next ?? deadline, deadline)
            }
        }
        earliestDeadline = next
        for registration in due where isCurrent(registration) {
            body(.deadline(registration))
        }
    }

    private func timeoutMilliseconds(_ maximumWait: Duration?) -> Int32 {
        var nanoseconds = maximumWait?.clampedNanoseconds
        if let earliest = earliestDeadline {
            let left = max(0, clock().duration(to: earliest).clampedNanoseconds)
            nanoseconds = min(nanoseconds ?? left, left)
        }
        guard let nanoseconds else { return -1 }
        // Rounded up, and by one: waking early would only turn the loop once more.
        return Int32(clamping: max(0, nanoseconds) / 1_000_000 + (nanoseconds > 0 ? 1 : 0))
    }

    private func isCurrent(_ registration: Registration) -> Bool {
        slots.indices.contains(registration.slot) && slots[registration.slot].generation == registration.generation
            && slots[registration.slot].descriptor >= 0
    }

    private static func token(of registration: Registration) -> UInt64 {
        UInt64(registration.generation) << 32 | UInt64(UInt32(truncatingIfNeeded: registration.slot))
    }

    private static func registration(of token: UInt64) -> Registration {
        Registration(slot: Int(UInt32(truncatingIfNeeded: token)), generation: UInt32(truncatingIfNeeded: token >> 32))
    }
}
