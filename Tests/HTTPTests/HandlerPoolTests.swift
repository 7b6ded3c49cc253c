import Dispatch
import Glibc
import Synchronization
import Testing

@testable import HTTP

/// A pool of real threads.
@Suite(.timeLimit(.minutes(1))) struct HandlerPoolTests {
    private typealias Job = @Sendable () -> Void

    private static func pool(threads: Int, capacity: Int) -> HandlerPool<Job> {
        HandlerPool(threads: threads, usual: 1, capacity: capacity, practice: .init { for job in $0 { job() } })
    }

    /// Each waits for all the others, so that they have to be at work at the same time.
    @Test func asManyAsThereAreThreadsRunTogether() throws {
        let (arrived, all, finished) = (Counter(), DispatchSemaphore(value: 0), DispatchGroup())
        let pool = HandlerPool<Int>(
            threads: 6, usual: 1, capacity: 10,
            practice: .init(key: { TurnKey(client: "\($0)") }) { _ in
                if arrived.add() == 6 { for _ in 0..<6 { all.signal() } }
                all.wait()
                finished.leave()
            })
        try pool.start()
        defer { pool.stop() }
        for number in 0..<6 {
            finished.enter()
            #expect(pool.submit(number))
        }
        finished.wait()
    }

    /// Of two clients one has much that takes long: a quarter of the threads are at work for it, and the other gets one.
    @Test func whoHasMuchThatTakesLongLeavesThreadsToOthers() throws {
        let (begun, go, finished) = (Counter(), DispatchSemaphore(value: 0), DispatchGroup())
        let other = DispatchSemaphore(value: 0)
        let pool = HandlerPool<String>(
            threads: 12, usual: 1, capacity: 100,
            practice: .init(key: { TurnKey(client: $0) }) { work in
                if work == ["greedy"] {
                    _ = begun.add()
                    go.wait()
                } else {
                    other.signal()
                }
                for _ in work { finished.leave() }
            })
        try pool.start()
        defer { pool.stop() }
        func submit(_ work: String) {
            finished.enter()
            #expect(pool.submit(work))
        }
        for _ in 0..<50 { submit("greedy") }
        while begun.value < 3 { sched_yield() }
        for _ in 0..<20 {
            submit("lone")
            other.wait()
            #expect(begun.value == 3)
        }
        for _ in 0..<50 { go.signal() }
        finished.wait()
    }

    /// A stop ends every thread, also those that would have left what waits to others.
    @Test func aStopEndsThreadsWhileMuchWaits() throws {
        let (begun, go, finished) = (Counter(), DispatchSemaphore(value: 0), DispatchGroup())
        weak var released: HandlerPool<Int>?
        do {
            let pool = HandlerPool<Int>(
                threads: 8, usual: 1, capacity: 100,
                practice: .init { work in
                    _ = begun.add()
                    go.wait()
                    for _ in work { finished.leave() }
                })
            released = pool
            try pool.start()
            for number in 0..<40 {
                finished.enter()
                #expect(pool.submit(number))
            }
            while begun.value < 2 { sched_yield() }
            pool.stop()
            for _ in 0..<40 { go.signal() }
        }
        finished.wait()
        // Each thread holds the pool until it ends.
        while released != nil { sched_yield() }
    }

    @Test func aQueueHasItsBoundAndAStopEmptiesIt() throws {
        let pool = Self.pool(threads: 1, capacity: 2)
        let ran = Mutex(0)
        let finished = DispatchGroup()
        for index in 0..<3 {
            if index < 2 { finished.enter() }
            let accepted = pool.submit {
                ran.withLock { $0 += 1 }
                finished.leave()
            }
            #expect(accepted == (index < 2))
        }
        pool.stop()
        #expect(!pool.submit {})
        try pool.start()
        finished.wait()
        #expect(ran.withLock { $0 } == 2)
    }

    /// What waits together and belongs together comes to one thread, in order, the rest after it.
    @Test func whatWaitsTogetherIsDoneTogether() throws {
        let done = Mutex([[Int]]())
        let finished = DispatchGroup()
        let pool = HandlerPool<Int>(
            threads: 1, usual: 1, capacity: 100,
            practice: .init(together: 3, mayGoTogether: { $0 % 2 == $1 % 2 }) { work in
                done.withLock { $0.append(work) }
                for _ in work { finished.leave() }
            })
        for number in [1, 2, 3, 4, 5, 6, 7, 9, 11] {
            finished.enter()
            #expect(pool.submit(number))
        }
        try pool.start()
        finished.wait()
        pool.stop()
        #expect(done.withLock { $0 } == [[1, 3, 5], [2, 4, 6], [7, 9, 11]])
    }
}

private final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
