/// Who computes in which worker's place: its own thread, on an item of a large call, or a caller with one item.
///
/// Nobody is woken but who has something to do. Callers and large calls take turns at a place, so that neither keeps the
/// other waiting for more than an item.
final class WorkQueue: @unchecked Sendable {  // every access to its fields is inside the monitor
    private enum Place {
        /// Its thread sleeps.
        case idle
        case running
        /// A caller computes in it; its thread sleeps.
        case lent
    }

    /// A caller that waits for a place.
    private final class Caller {
        let called = Semaphore()
        var worker = 0
    }

    private let monitor = Monitor()
    private var works: [Work] = []
    private var callers: [Caller] = []
    private var places: [Place]
    /// Whether a caller had the place last.
    private var servedCaller: [Bool]
    private let wakes: [Semaphore]
    private var workers = 0
    private var closed = false

    init(workers: Int) {
        places = Array(repeating: .running, count: workers)
        servedCaller = Array(repeating: false, count: workers)
        wakes = (0..<workers).map { _ in Semaphore() }
    }

    /// How many of the workers there are.
    func begin(workers: Int) { monitor.locked { self.workers = workers } }

    // MARK: Callers

    var waitingCallers: Int { monitor.locked { callers.count } }

    /// A worker's place for the caller, who alone may touch that worker's plans until `giveBack`.
    func borrow() -> Int {
        if let worker = monitor.locked(takeIdle) { return worker }
        let caller = Caller()
        // A place may have become idle meanwhile, and nobody would call for it.
        let worker = monitor.locked {
            let worker = takeIdle()
            if worker == nil { callers.append(caller) }
            return worker
        }
        if let worker { return worker }
        caller.called.wait()
        return caller.worker
    }

    /// Inside the monitor.
    private func takeIdle() -> Int? {
        guard callers.isEmpty, let idle = places[..<workers].firstIndex(of: .idle) else { return nil }
        places[idle] = .lent
        return idle
    }

    /// - Parameter isLarge: whether items of a large call were computed in it.
    func giveBack(_ worker: Int, isLarge: Bool = false) {
        monitor.locked {
            servedCaller[worker] = !isLarge
            if (!isLarge && !works.isEmpty) || !lendToNext(worker) {
                // Its thread looks whether there is something, or sleeps on.
                places[worker] = works.isEmpty && !closed ? .idle : .running
                if places[worker] == .running { wakes[worker].post() }
            }
        }
    }

    /// Inside the monitor: whether a caller was waiting for the place.
    private func lendToNext(_ worker: Int) -> Bool {
        guard !callers.isEmpty else { return false }
        let caller = callers.removeFirst()
        places[worker] = .lent
        caller.worker = worker
        caller.called.post()
        return true
    }

    // MARK: Large calls

    /// Returns when all items have ended. The calling thread takes some itself where a place is idle, which saves waking
    /// that worker's thread, until somebody else waits for the place.
    ///
    /// - Parameter prepare: called before the calling thread computes.
    func run(_ work: Work, prepare: () -> Void) {
        let own: Int? = monitor.locked {
            let own = work.pinned ? nil : takeIdle()
            works.append(work)
            var wanted = own == nil ? work.items : work.items - 1
            for worker in 0..<workers where wanted > 0 && places[worker] == .idle {
                places[worker] = .running
                wakes[worker].post()
                wanted -= 1
            }
            return own
        }
        if let own {
            prepare()
            while let item = monitor.locked({ callers.isEmpty ? take(of: work, worker: own) : nil }) {
                finish(work, item: item, worker: own)
            }
            giveBack(own, isLarge: true)
        }
        work.done.wait()
    }

    private func finish(_ work: Work, item: Int, worker: Int) {
        var failure: (any Error)?
        do { try work.body?(item, worker) } catch { failure = error }
        if monitor.locked({ work.end(failure) }) { work.done.post() }
    }

    func close() {
        monitor.locked {
            closed = true
            for worker in 0..<workers where places[worker] == .idle {
                places[worker] = .running
                wakes[worker].post()
            }
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
                let prefersCaller = !servedCaller[worker]
                if prefersCaller, lendToNext(worker) { return (nil, false) }
                if let item = take(worker: worker) {
                    servedCaller[worker] = false
                    return (item, false)
                }
                if !lendToNext(worker) { places[worker] = .idle }
                return (nil, false)
            }
            if let item { return item }
            if ends { return nil }
            wakes[worker].wait()
        }
    }

    /// Inside the monitor: the first item that this worker may take.
    private func take(worker: Int) -> (Work, Int)? {
        // By index: an iterator would hold the array, and its change below would copy it.
        for index in works.indices {
            let work = works[index]
            if let item = take(of: work, worker: worker) { return (work, item) }
        }
        return nil
    }

    /// Inside the monitor.
    private func take(of work: Work, worker: Int) -> Int? {
        guard let item = work.take(worker: worker) else { return nil }
        if work.hasAllStarted { works.removeAll { $0 === work } }
        return item
    }
}
