/// A queue that tells when it has nothing.
protocol TurnTaker {
    init()
    var isEmpty: Bool { get }
}

/// Queues behind keys that take turns. Those that are empty are not kept; one that is new has its turn after all others.
struct Turns<Key: Hashable, Queue: TurnTaker>: TurnTaker {
    private var queues: [Key: Queue] = [:]
    /// The keys of all queues, the next one first.
    private var order = Line<Key>()
    /// The last one that was emptied: what it allocated serves the next new one.
    private var spare = Queue()

    var isEmpty: Bool { order.isEmpty }

    /// Puts something into the queue of a key.
    mutating func fill(_ key: Key, _ body: (inout Queue) -> Void) {
        if queues[key] == nil {
            order.append(key)
            queues[key] = spare
            spare = Queue()
        }
        if let index = queues.index(forKey: key) { body(&queues.values[index]) }
    }

    /// Lets the queue whose turn it is be used, the first of those that may have one; its next turn comes after all others.
    /// Nil where there is none.
    mutating func turn<Result>(
        where isFree: (Key, Queue) -> Bool = { _, _ in true }, _ body: (Key, inout Queue) -> Result
    ) -> Result? {
        let place = order.firstPlace { key in queues[key].map { isFree(key, $0) } ?? false }
        guard let place, let key = order.pop(at: place) else { return nil }
        let result = use(key) { body(key, &$0) }
        if queues[key] != nil { order.append(key) }
        return result
    }

    /// Over all queues.
    func sum(_ body: (Key, Queue) -> Int) -> Int { queues.reduce(0) { $0 + body($1.key, $1.value) } }

    /// Lets every queue be used once. Those that say they had something of it come after the others, as after a turn.
    ///
    /// - Parameter body: is told how many come after this one.
    mutating func round(_ body: (inout Queue, _ others: Int) -> Bool) {
        var served: [Key] = []
        let count = order.count
        for place in 0..<count {
            guard let key = order.popFirst() else { break }
            let hadSomething = use(key) { body(&$0, count - place - 1) } ?? false
            guard queues[key] != nil else { continue }
            if hadSomething { served.append(key) } else { order.append(key) }
        }
        for key in served { order.append(key) }
    }

    /// In its place: a copy would cost as much as what waits.
    private mutating func use<Result>(_ key: Key, _ body: (inout Queue) -> Result) -> Result? {
        guard let index = queues.index(forKey: key) else { return nil }
        let result = body(&queues.values[index])
        if queues.values[index].isEmpty { spare = queues.remove(at: index).value }
        return result
    }
}
