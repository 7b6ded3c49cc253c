import CLinux
import Foundation

/// Lets one thread sleep until another has something for it, a descriptor is ready, or a deadline passes.
final class WakeSignal: Sendable {
    private let descriptor: Descriptor

    /// - Throws: `SystemError` when the process is out of descriptors.
    init() throws(SystemError) {
        let number = linux_eventfd_create()
        guard number >= 0 else { throw SystemError(code: -number) }
        descriptor = Descriptor(owning: number)
    }

    /// Wakes the waiting thread, or keeps it from falling asleep.
    func signal() { _ = linux_eventfd_signal(descriptor.number) }

    /// Forgets the signals so far; look at the state they announced only afterwards.
    ///
    /// - Returns: whether there were any.
    @discardableResult
    func reset() -> Bool { linux_eventfd_reset(descriptor.number) > 0 }

    /// Sleeps until a signal, the end or input of one of `descriptors`, or `deadline`; nil entries are left out.
    ///
    /// - Returns: for every entry, whether it is ready.
    @discardableResult
    func wait(for descriptors: [Descriptor?] = [], until deadline: ContinuousClock.Instant?) -> [Bool] {
        var polled = (descriptors + [descriptor]).map { entry in
            pollfd(fd: entry?.number ?? -1, events: Int16(POLLIN), revents: 0)
        }
        _ = withExtendedLifetime(descriptors) {
            poll(&polled, nfds_t(polled.count), Self.milliseconds(until: deadline))
        }
        return polled.dropLast().map { $0.revents != 0 }
    }

    /// Rounded up, so that a deadline has passed when its wait ends.
    private static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let left = deadline - ContinuousClock.now
        guard left > .zero else { return 0 }
        guard left < .seconds(3600) else { return 3_600_000 }
        let parts = left.components
        return Int32(parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000) + 1
    }
}

/// The operating system's refusal, by its code.
public struct SystemError: Error, Equatable, CustomStringConvertible {
    public let code: Int32

    public var description: String { String(cString: strerror(code)) }
}
