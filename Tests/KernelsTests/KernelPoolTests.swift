import Foundation
import Synchronization
import Testing

@testable import Kernels

@Suite(.timeLimit(.minutes(1))) struct KernelPoolTests {
    private struct Failure: Error, Equatable { let item: Int }

    /// Eight callers at once, each with items of its own: every item exactly once, on a worker that exists.
    @Test(arguments: [1, 2, 3]) func runsEachItemOnceForManyCallers(workers: Int) {
        let pool = KernelPool(workers: workers, prepareThread: {})
        let (callers, items) = (8, 37)
        let counts = Mutex([Int](repeating: 0, count: callers * items))
        let strays = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: callers) { caller in
            do {
                try pool.run(items) { item, worker in
                    counts.withLock { $0[caller * items + item] += 1 }
                    if !(0..<workers).contains(worker) { strays.withLock { $0 += 1 } }
                }
            } catch {
                strays.withLock { $0 += 1 }
            }
        }
        #expect(counts.withLock { $0.allSatisfy { $0 == 1 } })
        #expect(strays.withLock { $0 } == 0)
    }

    /// A worker never runs two items at the same time: its plan needs no lock.
    @Test func aWorkerRunsOneItemAtATime() throws {
        let pool = KernelPool(workers: 2, prepareThread: {})
        let busy = Mutex([false, false])
        let overlaps = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            try? pool.run(50) { _, worker in
                let overlapped = busy.withLock { state in
                    defer { state[worker] = true }
                    return state[worker]
                }
                if overlapped { overlaps.withLock { $0 += 1 } }
                busy.withLock { $0[worker] = false }
            }
        }
        #expect(overlaps.withLock { $0 } == 0)
    }

    @Test func anErrorReachesTheCallerAfterAllItems() {
        let pool = KernelPool(workers: 2, prepareThread: {})
        let ran = Mutex(0)
        #expect(throws: Failure(item: 3)) {
            try pool.run(10) { item, _ in
                ran.withLock { $0 += 1 }
                if item == 3 { throw Failure(item: item) }
            }
        }
        #expect(ran.withLock { $0 } == 10)
        // The pool is as good as before.
        #expect(throws: Never.self) { try pool.run(2) { _, _ in } }
    }

    /// Single items from many callers between the items of a long call: neither waits for the other's end.
    @Test func callersAndLargeCallsTakeTurns() throws {
        let pool = KernelPool(workers: 1, prepareThread: {})
        let order = Mutex([String]())
        let begun = DispatchSemaphore(value: 0)
        let (go, finished) = (DispatchSemaphore(value: 0), DispatchGroup())
        onThread(finished) {
            try? pool.run(4) { item, _ in
                if item == 0 {
                    begun.signal()
                    go.wait()
                }
                order.withLock { $0.append("item") }
            }
        }
        begun.wait()
        for _ in 0..<3 {
            onThread(finished) {
                try? pool.run(1) { _, _ in order.withLock { $0.append("caller") } }
            }
        }
        while pool.waitingCallers < 3 { sched_yield() }
        go.signal()
        finished.wait()
        #expect(order.withLock { $0 } == ["item", "caller", "item", "caller", "item", "caller", "item"])
    }

    /// Those who wait for each other need threads of their own: Dispatch gives as many as it likes.
    private func onThread(_ group: DispatchGroup, _ body: @escaping @Sendable () -> Void) {
        group.enter()
        Thread.detachNewThread {
            body()
            group.leave()
        }
    }

    @Test func noItemsIsNoWork() throws {
        let pool = KernelPool(workers: 1, prepareThread: {})
        try pool.run(0) { _, _ in throw Failure(item: 0) }
        try pool.run(-1) { _, _ in throw Failure(item: -1) }
    }

    /// Every worker once, and all at the same time: the exchange lets none leave before all have come.
    @Test(arguments: [1, 2, 3]) func runOnEachWorkerHitsEachOnce(workers: Int) throws {
        let prepared = Mutex(0)
        let pool = KernelPool(workers: workers) { prepared.withLock { $0 += 1 } }
        let exchange = ShardExchange(workers: workers)
        let seen = Mutex([Int: Float]())
        for _ in 0..<20 {
            seen.withLock { $0 = [:] }
            try pool.runOnEachWorker { worker in
                var values: [Float] = [Float(worker + 1)]
                try exchange.sum(worker: worker, &values, count: 1)
                seen.withLock { $0[worker] = values[0] }
            }
            let total = Float(workers * (workers + 1) / 2)
            #expect(seen.withLock { $0 } == Dictionary(uniqueKeysWithValues: (0..<workers).map { ($0, total) }))
        }
        #expect(prepared.withLock { $0 } == workers)
    }

    @Test func aPoolHasAtLeastOneWorker() throws {
        #expect(KernelPool(workers: 0, prepareThread: {}).workerCount == 1)
        #expect(KernelPool.availableProcessors >= 1)
    }

    /// The system may refuse threads (a limit of processes): nobody waits for those that are not there.
    @Test(arguments: [0, 1]) func threadsThatAreRefusedAreDoneWithout(granted: Int) throws {
        let prepared = Mutex(0)
        var asked = 0
        let pool = KernelPool(workers: 3, prepareThread: { prepared.withLock { $0 += 1 } }) { argument in
            asked += 1
            return asked <= granted && startKernelThread(argument)
        }
        #expect(pool.workerCount == 1)
        let ran = Mutex([Int]())
        #expect(throws: Failure(item: 1)) {
            try pool.run(4) { item, worker in
                ran.withLock { $0.append(item) }
                if item == 1 || worker != 0 { throw Failure(item: item) }
            }
        }
        #expect(ran.withLock { $0 } == [0, 1, 2, 3])
        try pool.runOnEachWorker { worker in ran.withLock { $0 = [worker] } }
        #expect(ran.withLock { $0 } == [0])
        #expect(prepared.withLock { $0 } > 0)
    }

    /// One worker gives up, so the other's sum must fail instead of waiting for ever.
    @Test func abandoningReleasesThoseWhoWait() throws {
        let pool = KernelPool(workers: 2, prepareThread: {})
        let exchange = ShardExchange(workers: 2)
        #expect(throws: ShardExchange.Abandoned.self) {
            try pool.runOnEachWorker { worker in
                guard worker == 0 else { return exchange.abandon() }
                var values: [Float] = [1]
                try exchange.sum(worker: worker, &values, count: 1)
            }
        }
        // And it stays abandoned.
        var values: [Float] = [1]
        #expect(throws: ShardExchange.Abandoned.self) { try exchange.sum(worker: 1, &values, count: 1) }
    }

    /// The sum is formed in the workers' order, so that its rounding does not depend on who came first.
    @Test func sumsAreReproducible() throws {
        let pool = KernelPool(workers: 3, prepareThread: {})
        let exchange = ShardExchange(workers: 3)
        let parts: [[Float]] = [[1e8, 1], [1, 2], [-1e8, 3]]
        for _ in 0..<50 {
            let sums = Mutex([[Float]]())
            try pool.runOnEachWorker { worker in
                var values = parts[worker]
                try exchange.sum(worker: worker, &values, count: 2)
                sums.withLock { $0.append(values) }
            }
            #expect(sums.withLock { $0 } == Array(repeating: [(1e8 + Float(1)) - 1e8, 6], count: 3))
        }
    }
}
