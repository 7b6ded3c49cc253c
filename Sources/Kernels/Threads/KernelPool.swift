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
        let queue = WorkQueue(workers: max(1, workers))
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
        queue.begin(workers: started)
        (self.queue, self.prepareThread) = (queue, prepareThread)
        workerCount = max(1, started)
        caller = started == 0 ? Monitor() : nil
    }

    deinit { queue.close() }

    /// Calls with one item that wait for a worker's place.
    var waitingCallers: Int { queue.waitingCallers }

    /// The processors that are online.
    public static var availableProcessors: Int { max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) }

    /// Runs `body(item, worker)` for each item, whichever worker is free; throws the first error after all have ended.
    ///
    /// - Parameters:
    ///   - owner: with whom it takes turns, where several wait.
    ///   - cost: of an item, in whatever unit all owners use: who has cheap ones gets more of them.
    public func run(
        _ items: Int, owner: WorkOwner = .anyone, cost: Int = 1,
        _ body: (_ item: Int, _ worker: Int) throws -> Void
    ) throws {
        try submit(items: items, pinned: false, owner: owner, cost: cost, body)
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
        queue.run(work, prepare: prepareThread)
        if let error = work.error { throw error }
    }

    private func submit(
        items: Int, pinned: Bool, owner: WorkOwner = .anyone, cost: Int = 1, _ body: (Int, Int) throws -> Void
    ) throws {
        guard items > 0 else { return }
        if let caller { return try caller.locked { try runHere(items, body) } }
        // One item alone runs where it was asked for, in a worker's place: two changes of thread less.
        if items == 1, !pinned {
            let worker = queue.borrow(owner: owner, cost: cost)
            defer { queue.giveBack(worker) }
            prepareThread()
            return try body(0, worker)
        }
        try withoutActuallyEscaping(body) { body in
            let work = Work(items: items, pinned: pinned, owner: owner, cost: cost, body: body)
            queue.run(work, prepare: prepareThread)
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
