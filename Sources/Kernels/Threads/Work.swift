/// One call of the pool for several items; its fields are guarded by the queue's monitor.
final class Work {
    let items: Int
    let pinned: Bool
    let owner: WorkOwner
    /// Of an item.
    let cost: Int
    var body: ((Int, Int) throws -> Void)?
    var error: (any Error)?
    /// Posted when all items have ended.
    let done = Semaphore()
    private var started = 0
    private var ended = 0
    private var startedWorkers: Set<Int> = []

    init(
        items: Int, pinned: Bool, owner: WorkOwner = .anyone, cost: Int = 1,
        body: @escaping (Int, Int) throws -> Void
    ) {
        (self.items, self.pinned, self.owner, self.cost, self.body) = (items, pinned, owner, cost, body)
    }

    /// Ready for another run; nobody else may know of it meanwhile.
    func reset() {
        (started, ended, error) = (0, 0, nil)
        startedWorkers.removeAll(keepingCapacity: true)
    }

    var hasAllStarted: Bool { started == items }

    /// Whether there is an item for a worker.
    func hasItem(_ worker: Int) -> Bool { !hasAllStarted && !(pinned && startedWorkers.contains(worker)) }

    /// The next item for a worker.
    func take(worker: Int) -> Int? {
        guard started < items else { return nil }
        if pinned {
            guard startedWorkers.insert(worker).inserted else { return nil }
            started += 1
            return worker
        }
        defer { started += 1 }
        return started
    }

    /// Whether that was the last.
    func end(_ failure: (any Error)?) -> Bool {
        ended += 1
        error = error ?? failure
        return ended == items
    }
}
