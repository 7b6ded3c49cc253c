import Dispatch
import Sockets
import Synchronization

/// A fixed number of threads and a bounded queue in front of them; how many are at work is the crew's affair.
///
/// Work that waits takes turns; what waits together and may be done together is given to one thread. When more than the usual
/// number of threads are at work, because some take long, nobody gets more than a quarter of all: who has much of what takes
/// long keeps it waiting where turns are taken.
final class HandlerPool<Work: Sendable>: Sendable {
    typealias Job = @Sendable () -> Void

    private struct State {
        var crew: HandlerCrew
        var queue = WaitingWork<Work>()
        /// Jobs at work, by whose they are.
        var atWork: [TurnKey: Int] = [:]
        /// Jobs for threads that do not count as at work.
        var asides: [Job] = []
        var isWatched = false
        var isStopped = false
    }

    /// How work is done.
    struct Practice: Sendable {
        /// Pieces of work done by one thread together.
        var together = 1
        var mayGoTogether: @Sendable (Work, Work) -> Bool = { _, _ in false }
        /// With whom it takes turns.
        var key: @Sendable (Work) -> TurnKey = { _ in TurnKey() }
        var run: @Sendable ([Work]) -> Void
    }

    private let threads, usual: Int
    /// Threads at work for one, where more than the usual number are.
    private let most: Int
    private let capacity: Int
    private let practice: Practice
    private let state: Mutex<State>
    /// By thread.
    private let called: [DispatchSemaphore]
    private let watch = DispatchSemaphore(value: 0)
    private let statistics: ServerStatistics
    /// Between two looks at the crew.
    private let moment = DispatchTimeInterval.milliseconds(1)
    /// Looks without anybody at work before it sleeps.
    private let patience = 20

    /// - Parameter usual: threads at work where none waits or takes long.
    init(
        threads: Int, usual: Int, capacity: Int, statistics: ServerStatistics = ServerStatistics(), practice: Practice
    ) {
        (self.statistics, self.practice) = (statistics, practice)
        self.threads = max(1, threads)
        self.usual = max(1, usual)
        most = max(1, self.threads / 4)
        self.capacity = max(1, capacity)
        called = (0..<self.threads).map { _ in DispatchSemaphore(value: 0) }
        state = Mutex(State(crew: HandlerCrew(threads: self.threads, usual: usual)))
    }

    func start() throws(SocketError) {
        for index in 0..<threads {
            try SystemThread.start(name: "handler-\(index)") { [self] in work(index) }
        }
        try SystemThread.start(name: "handlers") { [self] in keepWatch() }
    }

    /// Whether the work was taken; false when the queue is full or the pool stopped.
    func submit(_ work: Work) -> Bool {
        let (accepted, woken, wakesWatch) = state.withLock { state -> (Bool, Int?, Bool) in
            guard !state.isStopped, state.queue.count < capacity else { return (false, nil, false) }
            state.queue.append(work, of: practice.key(work))
            statistics.waitingNow.store(state.queue.count, ordering: .relaxed)
            let wakesWatch = !state.isWatched
            state.isWatched = true
            let mayExceed = (state.atWork[practice.key(work)] ?? 0) < most
            return (true, state.crew.call(mayExceed: mayExceed), wakesWatch)
        }
        if let woken { called[woken].signal() }
        if wakesWatch { watch.signal() }
        return accepted
    }

    /// Whether the job was taken, which is none of the work, by a thread that had nothing else to do and does not count as at work.
    func submitToIdle(_ job: @escaping Job) -> Bool {
        let woken = state.withLock { state -> Int? in
            guard !state.isStopped, let thread = state.crew.takeIdle() else { return nil }
            state.asides.append(job)
            return thread
        }
        if let woken { called[woken].signal() }
        return woken != nil
    }

    /// Lets the threads end once the queue is empty.
    func stop() {
        state.withLock { $0.isStopped = true }
        for thread in called { thread.signal() }
        watch.signal()
    }

    private func work(_ thread: Int) {
        while true {
            called[thread].wait()
            // Whoever wakes for one of the asides takes it; all others count as at work.
            let aside = state.withLock { $0.asides.popLast() }
            aside?()
            guard goOn(thread, isWorking: aside == nil) else { return }
        }
    }

    /// Works while there is something for this thread. Returns whether it is to wait for more.
    private func goOn(_ thread: Int, isWorking wasWorking: Bool) -> Bool {
        var isWorking = wasWorking
        while true {
            let (work, ends) = state.withLock { state -> ([Work], Bool) in
                let stays = state.isStopped || (isWorking ? state.crew.shouldGoOn : state.crew.join())
                let work = stays ? next(&state) : []
                guard !work.isEmpty else {
                    state.crew.rest(thread, wasWorking: isWorking || stays)
                    return ([], state.isStopped && state.queue.count == 0)
                }
                statistics.waitingNow.store(state.queue.count, ordering: .relaxed)
                state.crew.begin(thread, requests: work.count)
                state.atWork[practice.key(work[0]), default: 0] += 1
                return (work, false)
            }
            guard !work.isEmpty else { return !ends }
            isWorking = true
            practice.run(work)
            state.withLock { state in
                state.crew.end(thread)
                let key = practice.key(work[0])
                let left = (state.atWork[key] ?? 1) - 1
                state.atWork[key] = left > 0 ? left : nil
            }
        }
    }

    /// The first, and of those it may go together with no more than this thread's share.
    private func next(_ state: inout State) -> [Work] {
        if state.crew.isExceeded, !state.isStopped {
            let atWork = state.atWork
            return state.queue.take { (atWork[$0] ?? 0) < most }.map { [$0] } ?? []
        }
        let share = (state.queue.count + usual - 1) / usual
        return state.queue.take(atMost: min(practice.together, share), where: practice.mayGoTogether)
    }

    /// Looks at the crew every moment while there is work, so that jobs that take long do not keep the others waiting.
    private func keepWatch() {
        while true {
            watch.wait()
            var calm = 0
            while calm < patience {
                _ = watch.wait(timeout: .now() + moment)
                let (woken, ends) = state.withLock { state -> ([Int], Bool) in
                    let (queue, atWork) = (state.queue, state.atWork)
                    let woken = state.crew.look(waiting: queue.count) { queue.keys { (atWork[$0] ?? 0) < most } }
                    calm = state.crew.working == 0 && state.queue.count == 0 ? calm + 1 : 0
                    if calm == patience { state.isWatched = false }
                    return (woken, state.isStopped)
                }
                for thread in woken { called[thread].signal() }
                if ends { return }
            }
        }
    }
}
