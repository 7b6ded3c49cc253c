/// Who computes in which worker's place: its own thread, on an item of a large call, or a caller with one item.
///
/// Nobody is woken but who has something to do; who waits takes turns (`WaitingCalls`).
final class WorkQueue: @unchecked Sendable {  // every access to its fields is inside the monitor
    private enum Place {
        /// Its thread sleeps.
        case idle
        case running
        /// A caller computes in it; its thread sleeps.
        case lent
    }

    private let monitor = Monitor()
    private var waiting = WaitingCalls()
    private var places: [Place]
    private let wakes: [Semaphore]
    private var workers = 0
    private var closed = false

    init(workers: Int) {
        places = Array(repeating: .running, count: workers)
        wakes = (0..<workers).map { _ in Semaphore() }
    }

    /// How many of the workers there are.
    func begin(workers: Int) { monitor.locked { self.workers = workers } }

    // MARK: Callers

    var waitingCallers: Int { monitor.locked { waiting.callers.count } }

    /// A worker's place for the caller, who alone may touch that worker's plans until `giveBack`.
    func borrow(owner: WorkOwner, cost: Int) -> Int {
        if let worker = monitor.locked(takeIdle) { return worker }
        let caller = WaitingCalls.Caller(owner: owner, cost: cost)
        // A place may have become idle meanwhile, and nobody would call for it.
        let worker = monitor.locked {
            let worker = takeIdle()
            if worker == nil { waiting.append(caller) }
            return worker
        }
        if let worker { return worker }
        caller.called.wait()
        return caller.worker
    }

    /// Inside the monitor.
    private func takeIdle() -> Int? {
        guard waiting.callers.isEmpty, let idle = places[..<workers].firstIndex(of: .idle) else { return nil }
        places[idle] = .lent
        return idle
    }

    func giveBack(_ worker: Int) {
        monitor.locked {
            switch waiting.choice(worker: worker) {
            case .caller(let caller): lend(worker, to: caller)
            case .work: wake(worker)
            case nil: if closed { wake(worker) } else { places[worker] = .idle }
            }
        }
    }

    /// Inside the monitor.
    private func lend(_ worker: Int, to caller: WaitingCalls.Caller) {
        waiting.remove(caller)
        places[worker] = .lent
        caller.worker = worker
        caller.called.post()
    }

    /// Inside the monitor: its thread looks whether there is something.
    private func wake(_ worker: Int) {
        places[worker] = .running
        wakes[worker].post()
    }

    // MARK: Large calls

    /// Returns when all items have ended. The calling thread takes some itself where a place is idle, which saves waking
    /// that worker's thread, until it is somebody else's turn there.
    ///
    /// - Parameter prepare: called before the calling thread computes.
    func run(_ work: Work, prepare: () -> Void) {
        let own: Int? = monitor.locked {
            let own = work.pinned ? nil : takeIdle()
            waiting.append(work)
            var wanted = own == nil ? work.items : work.items - 1
            for worker in 0..<workers where wanted > 0 && places[worker] == .idle {
                wake(worker)
                wanted -= 1
            }
            return own
        }
        if let own {
            prepare()
            while let item = monitor.locked({ turn(of: work, worker: own) }) { finish(work, item: item, worker: own) }
            giveBack(own)
        }
        work.done.wait()
    }

    /// Inside the monitor: the work's next item, if it is its turn.
    private func turn(of work: Work, worker: Int) -> Int? {
        guard case .work(let next) = waiting.choice(worker: worker), next === work else { return nil }
        return waiting.take(of: work, worker: worker)
    }

    private func finish(_ work: Work, item: Int, worker: Int) {
        var failure: (any Error)?
        do { try work.body?(item, worker) } catch { failure = error }
        if monitor.locked({ work.end(failure) }) { work.done.post() }
    }

    func close() {
        monitor.locked {
            closed = true
            for worker in 0..<workers where places[worker] == .idle { wake(worker) }
        }
    }

    /// The worker's thread: computes until the queue is closed.
    func serve(worker: Int) {
        while let (work, item) = next(worker: worker) { finish(work, item: item, worker: worker) }
    }

    private func next(worker: Int) -> (Work, Int)? {
        while true {
            let (item, ends): ((Work, Int)?, Bool) = monitor.locked {
                if closed { return (nil, true) }
                switch waiting.choice(worker: worker) {
                case .work(let work): return (waiting.take(of: work, worker: worker).map { (work, $0) }, false)
                case .caller(let caller): lend(worker, to: caller)
                case nil: places[worker] = .idle
                }
                return (nil, false)
            }
            if let item { return item }
            if ends { return nil }
            wakes[worker].wait()
        }
    }
}
