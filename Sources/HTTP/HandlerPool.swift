import Dispatch
import Sockets
import Synchronization

/// A fixed number of threads and a bounded queue in front of them.
final class HandlerPool: Sendable {
    typealias Job = @Sendable () -> Void

    private struct State {
        /// Jobs in order; those before `first` are taken.
        var queue: [Job?] = []
        var first = 0
        /// Threads that wait for a job.
        var idle = 0
        var isStopped = false

        var waiting: Int { queue.count - first }
    }

    private let capacity: Int
    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)
    private let threads: Int
    private let statistics: ServerStatistics

    init(threads: Int, capacity: Int, statistics: ServerStatistics = ServerStatistics()) {
        self.statistics = statistics
        self.threads = max(1, threads)
        self.capacity = max(1, capacity)
    }

    func start() throws(SocketError) {
        for index in 0..<threads {
            try SystemThread.start(name: "handler-\(index)") { [self] in work() }
        }
    }

    /// Whether the job was taken; false when the queue is full or the pool stopped.
    func submit(_ job: @escaping Job) -> Bool { submit(job) { $0.waiting < capacity } }

    /// Whether the job was taken, by a thread that had nothing else to do.
    func submitToIdle(_ job: @escaping Job) -> Bool { submit(job) { $0.waiting < $0.idle } }

    private func submit(_ job: @escaping Job, where hasRoom: (borrowing State) -> Bool) -> Bool {
        let accepted = state.withLock { state in
            guard !state.isStopped, hasRoom(state) else { return false }
            state.queue.append(job)
            statistics.waitingNow.store(state.waiting, ordering: .relaxed)
            return true
        }
        if accepted { available.signal() }
        return accepted
    }

    /// Lets the threads end once the queue is empty.
    func stop() {
        state.withLock { $0.isStopped = true }
        for _ in 0..<threads { available.signal() }
    }

    private func work() {
        while true {
            state.withLock { $0.idle += 1 }
            available.wait()
            let (job, ends) = state.withLock { state -> (Job?, Bool) in
                state.idle -= 1
                guard state.first < state.queue.count else { return (nil, state.isStopped) }
                let job = state.queue[state.first]
                state.queue[state.first] = nil
                state.first += 1
                statistics.waitingNow.store(state.waiting, ordering: .relaxed)
                if state.first == state.queue.count {
                    state.queue.removeAll(keepingCapacity: true)
                    state.first = 0
                } else if state.first >= 1024 {
                    state.queue.removeSubrange(0..<state.first)
                    state.first = 0
                }
                return (job, false)
            }
            if let job { job() }
            if ends { return }
        }
    }
}
