import Dispatch
import Sockets
import Synchronization

/// A fixed number of threads and a bounded queue in front of them; how many are at work is the crew's affair.
final class HandlerPool: Sendable {
    typealias Job = @Sendable () -> Void

    private struct State {
        var crew: HandlerCrew
        /// Jobs in order; those before `first` are taken.
        var queue: [Job?] = []
        var first = 0
        /// Jobs for threads that do not count as at work.
        var asides: [Job] = []
        var isWatched = false
        var isStopped = false

        var waiting: Int { queue.count - first }

        mutating func next() -> Job? {
            guard first < queue.count else { return nil }
            defer {
                if first == queue.count {
                    queue.removeAll(keepingCapacity: true)
                    first = 0
                } else if first >= 1024 {
                    queue.removeSubrange(0..<first)
                    first = 0
                }
            }
            let job = queue[first]
            queue[first] = nil
            first += 1
            return job
        }
    }

    private let threads: Int
    private let capacity: Int
    private let state: Mutex<State>
    private let called = DispatchSemaphore(value: 0)
    private let watch = DispatchSemaphore(value: 0)
    private let statistics: ServerStatistics
    /// Between two looks at the crew.
    private static let moment = DispatchTimeInterval.milliseconds(1)
    /// Looks without anybody at work before it sleeps.
    private static let patience = 20

    /// - Parameter usual: threads at work where none waits or takes long.
    init(threads: Int, usual: Int, capacity: Int, statistics: ServerStatistics = ServerStatistics()) {
        self.statistics = statistics
        self.threads = max(1, threads)
        self.capacity = max(1, capacity)
        state = Mutex(State(crew: HandlerCrew(threads: self.threads, usual: usual)))
    }

    func start() throws(SocketError) {
        for index in 0..<threads {
            try SystemThread.start(name: "handler-\(index)") { [self] in work(index) }
        }
        try SystemThread.start(name: "handlers") { [self] in keepWatch() }
    }

    /// Whether the job was taken; false when the queue is full or the pool stopped.
    func submit(_ job: @escaping Job) -> Bool {
        let (accepted, wakes, wakesWatch) = state.withLock { state -> (Bool, Bool, Bool) in
            guard !state.isStopped, state.waiting < capacity else { return (false, false, false) }
            state.queue.append(job)
            statistics.waitingNow.store(state.waiting, ordering: .relaxed)
            let wakesWatch = !state.isWatched
            state.isWatched = true
            return (true, state.crew.call(), wakesWatch)
        }
        if wakes { called.signal() }
        if wakesWatch { watch.signal() }
        return accepted
    }

    /// Whether the job was taken, by a thread that had nothing else to do and does not count as at work.
    func submitToIdle(_ job: @escaping Job) -> Bool {
        let accepted = state.withLock { state in
            guard !state.isStopped, state.crew.takeIdle() else { return false }
            state.asides.append(job)
            return true
        }
        if accepted { called.signal() }
        return accepted
    }

    /// Lets the threads end once the queue is empty.
    func stop() {
        state.withLock { $0.isStopped = true }
        for _ in 0..<threads { called.signal() }
        watch.signal()
    }

    private func work(_ thread: Int) {
        while true {
            called.wait()
            // Whoever wakes for one of the asides takes it; all others count as at work.
            let aside = state.withLock { $0.asides.popLast() }
            aside?()
            guard goOn(thread, isWorking: aside == nil) else { return }
        }
    }

    /// Runs jobs while there are some for this thread. Returns whether it is to wait for more.
    private func goOn(_ thread: Int, isWorking wasWorking: Bool) -> Bool {
        var isWorking = wasWorking
        while true {
            let (job, ends) = state.withLock { state -> (Job?, Bool) in
                let stays = state.isStopped || (isWorking ? state.crew.shouldGoOn : state.crew.join())
                guard stays, let job = state.next() else {
                    state.crew.rest(wasWorking: isWorking || stays)
                    return (nil, state.isStopped && state.waiting == 0)
                }
                statistics.waitingNow.store(state.waiting, ordering: .relaxed)
                state.crew.begin(thread)
                return (job, false)
            }
            guard let job else { return !ends }
            isWorking = true
            job()
            state.withLock { $0.crew.end(thread) }
        }
    }

    /// Looks at the crew every moment while there is work, so that jobs that take long do not keep the others waiting.
    private func keepWatch() {
        while true {
            watch.wait()
            var calm = 0
            while calm < Self.patience {
                _ = watch.wait(timeout: .now() + Self.moment)
                let (woken, ends) = state.withLock { state -> (Int, Bool) in
                    let woken = state.crew.look(waiting: state.waiting)
                    calm = state.crew.working == 0 && state.waiting == 0 ? calm + 1 : 0
                    if calm == Self.patience { state.isWatched = false }
                    return (woken, state.isStopped)
                }
                for _ in 0..<woken { called.signal() }
                if ends { return }
            }
        }
    }
}
