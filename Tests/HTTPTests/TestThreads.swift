import Dispatch
import HTTP
import Synchronization

/// Waits for another thread, at most 20 seconds.
final class Waiter: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func signal() { semaphore.signal() }

    func wait() { _ = semaphore.wait(timeout: .now() + 20) }
}

/// Collects access records from all threads.
final class Records: Sendable {
    private let records = Mutex<[AccessRecord]>([])

    func add(_ record: AccessRecord) { records.withLock { $0.append(record) } }

    var all: [AccessRecord] { records.withLock { $0 } }
}

/// A value that another thread leaves.
final class OutcomeBox: Sendable {
    private let stored = Atomic<Bool>(false)

    func set(_ value: Bool) { stored.store(value, ordering: .releasing) }

    var value: Bool { stored.load(ordering: .acquiring) }
}
