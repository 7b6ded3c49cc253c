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

@Suite struct WaitingWorkTests {
    /// Whatever is taken, nothing is lost or doubled, and what does not go together keeps its order.
    @Test(arguments: 0..<20) func nothingIsLost(seed: Int) {
        var queue = WaitingWork<Int>()
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        func random(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        var (next, taken, inside) = (0, [Int](), 0)
        for _ in 0..<5000 {
            if random(5) < 3 {
                queue.append(next)
                next += 1
                inside += 1
            } else {
                let limit = 1 + random(6)
                let group = queue.take(atMost: limit) { $0 % 3 == $1 % 3 }
                #expect(group.count <= limit && group.isEmpty == (inside == 0))
                #expect(group == group.sorted() && Set(group.map { $0 % 3 }).count <= 1)
                taken += group
                inside -= group.count
            }
            #expect(queue.count == inside)
        }
        while queue.count > 0 { taken += queue.take(atMost: 1) { _, _ in true } }
        #expect(taken.sorted() == Array(0..<next))
        for remainder in 0..<3 {
            let alike = taken.filter { $0 % 3 == remainder }
            #expect(alike == alike.sorted())
        }
    }
}
