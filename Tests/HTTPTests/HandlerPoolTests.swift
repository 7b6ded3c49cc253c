import Dispatch
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
        let pool = Self.pool(threads: 6, capacity: 10)
        try pool.start()
        defer { pool.stop() }
        let arrived = Mutex(0)
        let all = DispatchSemaphore(value: 0)
        let finished = DispatchGroup()
        for _ in 0..<6 {
            finished.enter()
            #expect(
                pool.submit {
                    let isLast = arrived.withLock { count in
                        count += 1
                        return count == 6
                    }
                    if isLast { for _ in 0..<6 { all.signal() } }
                    all.wait()
                    finished.leave()
                })
        }
        finished.wait()
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
