import Synchronization

/// A fixed number of counters that any thread adds to without a lock.
final class CounterBank: Sendable {
    // Set once; what it points to is atomic.
    private nonisolated(unsafe) let counters: UnsafeMutablePointer<Atomic<Int>>
    private let count: Int

    init(count: Int) {
        self.count = count
        counters = .allocate(capacity: count)
        for index in 0..<count { (counters + index).initialize(to: Atomic(0)) }
    }

    deinit {
        counters.deinitialize(count: count)
        counters.deallocate()
    }

    func add(_ amount: Int = 1, to index: Int) {
        guard (0..<count).contains(index) else { return }
        counters[index].wrappingAdd(amount, ordering: .relaxed)
    }

    subscript(index: Int) -> Int {
        (0..<count).contains(index) ? counters[index].load(ordering: .relaxed) : 0
    }
}
