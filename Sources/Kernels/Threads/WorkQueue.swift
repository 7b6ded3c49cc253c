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

    func giveBack(_ worker: Int) {
        monitor.locked {
            servedCaller[worker] = true
            if !works.isEmpty || !lendToNext(worker) {
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

    func run(_ work: Work) {
        monitor.locked {
            works.append(work)
            var wanted = work.items
            for worker in 0..<workers where wanted > 0 && places[worker] == .idle {
                places[worker] = .running
                wakes[worker].post()
                wanted -= 1
            }
        }
        work.done.wait()
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
        while let (work, item) = next(worker: worker) {
            var failure: (any Error)?
            do { try work.body?(item, worker) } catch { failure = error }
            if monitor.locked({ work.end(failure) }) { work.done.post() }
        }
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
        for index in works.indices {
            let work = works[index]
            guard let item = work.take(worker: worker) else { continue }
            if work.hasAllStarted { works.remove(at: index) }
            return (work, item)
        }
        return nil
    }
}
