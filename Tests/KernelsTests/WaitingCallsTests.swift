import Testing

@testable import Kernels

/// Whose turn it is at a worker's place.
@Suite struct WaitingCallsTests {
    private func work(_ owner: String, items: Int, cost: Int = 1, pinned: Bool = false) -> Work {
        Work(items: items, pinned: pinned, owner: WorkOwner(owner), cost: cost) { _, _ in }
    }

    private func caller(_ owner: String, cost: Int = 1) -> WaitingCalls.Caller {
        WaitingCalls.Caller(owner: WorkOwner(owner), cost: cost)
    }

    /// Serves the next turn at a place; gives whose it was and whether it was a caller's.
    private func serve(_ waiting: inout WaitingCalls, worker: Int = 0) -> (owner: WorkOwner, isCaller: Bool)? {
        switch waiting.choice(worker: worker) {
        case .caller(let caller):
            waiting.remove(caller)
            return (caller.owner, true)
        case .work(let work):
            #expect(waiting.take(of: work, worker: worker) != nil)
            return (work.owner, false)
        case nil: return nil
        }
    }

    /// Thirty calls of one owner wait, in chunks of sixteen images; another comes with sixteen single images.
    @Test func muchOfOneOwnerKeepsNoOtherWaiting() {
        var waiting = WaitingCalls()
        for index in 0..<30 {
            if index % 2 == 0 {
                waiting.append(work("greedy", items: 4, cost: 16))
            } else {
                waiting.append(caller("greedy", cost: 16))
            }
        }
        for _ in 0..<7 { #expect(serve(&waiting)?.owner == WorkOwner("greedy")) }
        waiting.append(work("lone", items: 16))
        var turns: [WorkOwner] = []
        while turns.count(where: { $0 == WorkOwner("lone") }) < 16, let turn = serve(&waiting) {
            turns.append(turn.owner)
        }
        #expect(turns.count == 17, "one turn of the other's, then its own sixteen")
        var rest = 0
        while serve(&waiting) != nil { rest += 1 }
        #expect(rest == 15 * 4 + 15 - 7 - 1)
    }

    /// Whoever waits, and however long their items are: while several wait, none gets more than another by more than an item.
    @Test(arguments: 1...20 as ClosedRange<UInt64>) func allGetTheSame(seed: UInt64) {
        var random = Random(state: seed)
        var waiting = WaitingCalls()
        let owners = ["a", "b", "c", "d"]
        let costs = owners.map { _ in Int.random(in: 1...50, using: &random) }
        for (owner, cost) in zip(owners, costs) {
            for _ in 0..<20 {
                if Bool.random(using: &random) {
                    waiting.append(work(owner, items: Int.random(in: 1...9, using: &random) * 50, cost: cost))
                } else {
                    waiting.append(caller(owner, cost: cost))
                }
            }
        }
        var had = [WorkOwner: Int]()
        for _ in 0..<200 {
            guard let (owner, _) = serve(&waiting), let index = owners.firstIndex(where: { WorkOwner($0) == owner })
            else {
                return
            }
            had[owner, default: 0] += costs[index]
            let all = owners.map { had[WorkOwner($0)] ?? 0 }
            #expect((all.max() ?? 0) - (all.min() ?? 0) <= 50)
        }
    }

    @Test func callersAndCallsOfAnOwnerAlternate() {
        var waiting = WaitingCalls()
        waiting.append(work("a", items: 4))
        for _ in 0..<3 { waiting.append(caller("a")) }
        #expect((0..<7).map { _ in serve(&waiting)?.isCaller } == [true, false, true, false, true, false, false])
        #expect(serve(&waiting)?.isCaller == nil)
    }

    /// What a worker has done its part of is passed over, without a turn lost.
    @Test func pinnedWorkIsForEachWorkerOnce() {
        var waiting = WaitingCalls()
        waiting.append(work("a", items: 2, pinned: true))
        waiting.append(work("b", items: 1, cost: 100))
        #expect((0..<3).map { _ in serve(&waiting, worker: 0)?.owner } == [WorkOwner("a"), WorkOwner("b"), nil])
        #expect(serve(&waiting, worker: 1)?.owner == WorkOwner("a"))
        #expect(serve(&waiting, worker: 1)?.owner == nil)
    }
}

private struct Random: RandomNumberGenerator {
    var state: UInt64

    /// Knuth's MMIX generator; its high bits are the good ones.
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state.byteSwapped
    }
}
