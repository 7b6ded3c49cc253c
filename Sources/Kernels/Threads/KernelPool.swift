import Glibc

/// A fixed set of threads, one a core, on which everything numeric runs.
///
/// A caller blocks until its work is done. Plans belong to workers: `body` is told which worker runs it and may touch
/// that worker's plan without a lock, on whichever thread it runs. The pool's threads end when the pool is released.
public final class KernelPool: Sendable {
    public let workerCount: Int
    private let queue: WorkQueue
    /// Nil where threads work; else the caller is the only worker, one caller at a time.
    private let caller: Monitor?
    private let prepareThread: @Sendable () -> Void

    /// Threads that the system refuses are done without: `workerCount` says how many there are.
    ///
    /// - Parameter prepareThread: called on each thread before its work, perhaps more than once.
    public convenience init(workers: Int, prepareThread: @escaping @Sendable () -> Void) {
        self.init(workers: workers, prepareThread: prepareThread, start: startKernelThread)
    }

    /// - Parameter start: starts a detached thread with this argument, or gives false and leaves it alone.
    init(
        workers: Int, prepareThread: @escaping @Sendable () -> Void, start: (UnsafeMutableRawPointer) -> Bool
    ) {
        let queue = WorkQueue()
        var started = 0
        while started < max(1, workers) {
            let argument = Unmanaged.passRetained(
                ThreadStart(queue: queue, worker: started, prepare: prepareThread))
            guard start(argument.toOpaque()) else {
                argument.release()
                break
            }
            started += 1
        }
        (self.queue, self.prepareThread) = (queue, prepareThread)
        workerCount = max(1, started)
        caller = started == 0 ? Monitor() : nil
    }

    deinit { queue.close() }

    /// The processors that are online.
    public static var availableProcessors: Int { max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) }

    /// Runs `body(item, worker)` for each item, whichever worker is free; throws the first error after all have ended.
    public func run(_ items: Int, _ body: (_ item: Int, _ worker: Int) throws -> Void) throws {
        try submit(items: items, pinned: false, body)
    }

    /// Runs `body(worker)` once on every worker at the same time.
    public func runOnEachWorker(_ body: (_ worker: Int) throws -> Void) throws {
        try submit(items: workerCount, pinned: true) { _, worker in try body(worker) }
    }

    /// Work that every worker does once at the same time, again and again: `KernelTeam.run` allocates nothing.
    public func team(_ body: @escaping (_ worker: Int) throws -> Void) -> KernelTeam {
        KernelTeam(pool: self, work: Work(items: workerCount, pinned: true) { _, worker in try body(worker) })
    }

    fileprivate func run(_ work: Work) throws {
        if let caller {
            return try caller.locked { try runHere(work.items) { try work.body?($0, $1) } }
        }
        work.reset()
        queue.run(work)
        if let error = work.error { throw error }
    }

    private func submit(items: Int, pinned: Bool, _ body: (Int, Int) throws -> Void) throws {
        guard items > 0 else { return }
        if let caller { return try caller.locked { try runHere(items, body) } }
        // One item alone runs where it was asked for, in an idle worker's place: two changes of thread less.
        if items == 1, !pinned, let worker = queue.borrow() {
            defer { queue.giveBack(worker) }
            prepareThread()
            return try body(0, worker)
        }
        try withoutActuallyEscaping(body) { body in
            let work = Work(items: items, pinned: pinned, body: body)
            queue.run(work)
            work.body = nil  // workers may still hold the work for a moment, but not the caller's closure
            if let error = work.error { throw error }
        }
    }

    /// As the only worker: every item, then the first error, as with threads.
    private func runHere(_ items: Int, _ body: (Int, Int) throws -> Void) throws {
        prepareThread()
        var failure: (any Error)?
        for item in 0..<items {
            do { try body(item, 0) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }
}

/// See `KernelPool.team`. One caller at a time.
public final class KernelTeam {
    private let pool: KernelPool
    private let work: Work

    fileprivate init(pool: KernelPool, work: Work) { (self.pool, self.work) = (pool, work) }

    /// Returns when all workers have ended; throws the first error.
    public func run() throws { try pool.run(work) }
}

/// One call of the pool; its fields are guarded by the queue's monitor.
private final class Work {
    let items: Int
    let pinned: Bool
    var body: ((Int, Int) throws -> Void)?
    var started = 0
    var ended = 0
    var startedWorkers: Set<Int> = []
    var error: (any Error)?

    init(items: Int, pinned: Bool, body: @escaping (Int, Int) throws -> Void) {
        (self.items, self.pinned, self.body) = (items, pinned, body)
    }

    /// Ready for another run; nobody else may know of it meanwhile.
    func reset() {
        (started, ended, error) = (0, 0, nil)
        startedWorkers.removeAll(keepingCapacity: true)
    }

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
}

private final class WorkQueue: @unchecked Sendable {  // every access to its fields is inside the monitor
    private let workAvailable = Monitor()
    private let workDone = Monitor()
    private var waiting: [Work] = []
    private var closed = false
    /// Workers that wait for work, and those of them in whose place a caller computes.
    private var idle: Set<Int> = []
    private var lent: Set<Int> = []

    /// An idle worker's place for the caller, who alone may touch that worker's plans until `giveBack`.
    func borrow() -> Int? {
        workAvailable.locked {
            guard waiting.isEmpty, let worker = idle.subtracting(lent).min() else { return nil }
            lent.insert(worker)
            return worker
        }
    }

    func giveBack(_ worker: Int) {
        workAvailable.locked {
            lent.remove(worker)
            if !waiting.isEmpty { workAvailable.notifyAll() }
        }
    }

    func run(_ work: Work) {
        workAvailable.locked {
            waiting.append(work)
            workAvailable.notifyAll()
        }
        workDone.locked {
            while work.ended < work.items { workDone.wait() }
        }
    }

    func close() {
        workAvailable.locked {
            closed = true
            workAvailable.notifyAll()
        }
    }

    /// Takes items until the queue is closed.
    func serve(worker: Int) {
        while let (work, item) = next(worker: worker) {
            var failure: (any Error)?
            do { try work.body?(item, worker) } catch { failure = error }
            workDone.locked {
                work.ended += 1
                if let failure, work.error == nil { work.error = failure }
                if work.ended == work.items { workDone.notifyAll() }
            }
        }
    }

    private func next(worker: Int) -> (Work, Int)? {
        workAvailable.locked {
            while !closed {
                for index in waiting.indices where !lent.contains(worker) {
                    let work = waiting[index]
                    guard let item = work.take(worker: worker) else { continue }
                    if work.started == work.items { waiting.remove(at: index) }
                    return (work, item)
                }
                idle.insert(worker)
                workAvailable.wait()
                // A lent worker that wakes finds no work for itself, and waits again until `giveBack`.
                idle.remove(worker)
            }
            return nil
        }
    }
}

private final class ThreadStart {
    let queue: WorkQueue
    let worker: Int
    let prepare: @Sendable () -> Void

    init(queue: WorkQueue, worker: Int, prepare: @escaping @Sendable () -> Void) {
        (self.queue, self.worker, self.prepare) = (queue, worker, prepare)
    }
}

func startKernelThread(_ argument: UnsafeMutableRawPointer) -> Bool {
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, 8 << 20)
    return pthread_create(&thread, &attributes, runKernelThread, argument) == 0
}

private func runKernelThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
    start.prepare()
    start.queue.serve(worker: start.worker)
    return nil
}
