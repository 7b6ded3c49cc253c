import Dispatch
import Synchronization

/// Watches over the thread that runs the event loop while it runs a handler itself.
///
/// To hand each request to a handler's thread costs it the waking of that thread, on an idle virtual machine up to 70 µs.
/// So a lone request is handled by the loop's own thread, and only where that takes long does another take the loop
/// over. It looks every two milliseconds while requests come, and sleeps when none do: neither costs the request. Looking four
/// times as often would, since on two processors each look takes one from the client or from the handler.
final class Relief: Sendable {
    /// Odd while a handler runs.
    private let turns = Atomic<Int>(0)
    private let isAsleep = Atomic<Bool>(false)
    private let isPresent = Atomic<Bool>(false)
    private let isClaimed = Atomic<Bool>(false)
    private let isStopped = Atomic<Bool>(false)
    private let call = DispatchSemaphore(value: 0)
    private static let pause = DispatchTimeInterval.milliseconds(2)
    /// Pauses without a request before it goes to sleep.
    private static let patience = 10

    /// Whether a thread watches, so that a handler may run on the loop's.
    var isStandingBy: Bool { isPresent.load(ordering: .acquiring) }

    /// Whether a thread is to be sent: true once, until that one has left again. Two would wait for one loop, and those
    /// that wait handle nothing.
    func claim() -> Bool { !isClaimed.exchange(true, ordering: .acquiringAndReleasing) }

    /// None could be sent.
    func unclaim() { isClaimed.store(false, ordering: .releasing) }

    /// The loop's thread begins with a handler.
    func begin() {
        turns.add(1, ordering: .sequentiallyConsistent)
        if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { call.signal() }
    }

    func end() { turns.add(1, ordering: .releasing) }

    func stop() {
        isStopped.store(true, ordering: .releasing)
        call.signal()
    }

    /// Returns when the loop needs another thread: true; or at the end: false.
    func standBy() -> Bool {
        isPresent.store(true, ordering: .releasing)
        defer {
            isPresent.store(false, ordering: .releasing)
            unclaim()
        }
        var (seen, quiet) = (turns.load(ordering: .acquiring), 0)
        while !isStopped.load(ordering: .acquiring) {
            if quiet < Self.patience {
                _ = call.wait(timeout: .now() + Self.pause)
            } else {
                isAsleep.store(true, ordering: .sequentiallyConsistent)
                // Whoever began before it could see that is not called again.
                if turns.load(ordering: .sequentiallyConsistent) == seen { call.wait() }
                isAsleep.store(false, ordering: .relaxed)
                quiet = 0
            }
            let now = turns.load(ordering: .acquiring)
            if now == seen {
                if !now.isMultiple(of: 2) { return true }
                quiet += 1
            } else {
                (seen, quiet) = (now, 0)
            }
        }
        return false
    }
}
