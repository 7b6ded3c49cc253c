/// What waits for a worker's place, as a value: large calls, and callers with one item, which take turns by owner.
///
/// The next place is for the owner who has had the least since all of them have been waiting: one with long items has fewer
/// turns. Callers and large calls of one owner alternate, so that neither keeps the other waiting for more than an item.
struct WaitingCalls {
    /// Somebody with one item.
    final class Caller {
        let owner: WorkOwner
        let cost: Int
        let called = Semaphore()
        var worker = 0

        init(owner: WorkOwner, cost: Int) { (self.owner, self.cost) = (owner, cost) }
    }

    enum Choice {
        case caller(Caller)
        case work(Work)
    }

    /// An owner who waits.
    private struct Claim {
        let owner: WorkOwner
        /// The costs of what it got, and those of others before it came.
        var had: Int
        /// Calls that wait.
        var count = 0
        var servedCaller = false
    }

    private var claims: [Claim] = []
    private var works: [Work] = []
    private(set) var callers: [Caller] = []

    mutating func append(_ work: Work) {
        works.append(work)
        begin(work.owner)
    }

    mutating func append(_ caller: Caller) {
        callers.append(caller)
        begin(caller.owner)
    }

    /// Whose turn it is at a worker's place; nil where nothing waits for it. Among equals the one who has waited longest.
    func choice(worker: Int) -> Choice? {
        var best: (choice: Choice, had: Int)?
        for claim in claims where best.map({ claim.had < $0.had }) ?? true {
            if let choice = choice(claim, worker) { best = (choice, claim.had) }
        }
        return best?.choice
    }

    private func choice(_ claim: Claim, _ worker: Int) -> Choice? {
        let caller = callers.first { $0.owner == claim.owner }
        if let caller, !claim.servedCaller { return .caller(caller) }
        if let work = works.first(where: { $0.owner == claim.owner && $0.hasItem(worker) }) { return .work(work) }
        return caller.map { .caller($0) }
    }

    /// The work's next item; it waits on where that was not the last.
    mutating func take(of work: Work, worker: Int) -> Int? {
        guard let item = work.take(worker: worker) else { return nil }
        let waitsOn = !work.hasAllStarted
        if !waitsOn { works.removeAll { $0 === work } }
        serve(work.owner, cost: work.cost, isCaller: false, waitsOn: waitsOn)
        return item
    }

    mutating func remove(_ caller: Caller) {
        callers.removeAll { $0 === caller }
        serve(caller.owner, cost: caller.cost, isCaller: true, waitsOn: false)
    }

    private mutating func begin(_ owner: WorkOwner) {
        if let known = claims.firstIndex(where: { $0.owner == owner }) {
            claims[known].count += 1
        } else {
            // It is as if it had had as much as those that are there: it neither waits for them nor they for it.
            claims.append(Claim(owner: owner, had: claims.lazy.map(\.had).min() ?? 0, count: 1))
        }
    }

    private mutating func serve(_ owner: WorkOwner, cost: Int, isCaller: Bool, waitsOn: Bool) {
        guard let index = claims.firstIndex(where: { $0.owner == owner }) else { return }
        claims[index].had &+= cost
        claims[index].servedCaller = isCaller
        if !waitsOn { claims[index].count -= 1 }
        if claims[index].count == 0 { claims.remove(at: index) }
    }
}
