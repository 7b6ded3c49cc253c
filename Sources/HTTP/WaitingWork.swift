/// Whose work it is: it takes turns first by what is asked for, then by who asks.
public struct TurnKey: Hashable, Sendable {
    public var share: String?
    public var client = ""

    public init(share: String? = nil, client: String = "") { (self.share, self.client) = (share, client) }
}

/// Work that waits, so that nobody who has much of it keeps others waiting: with `n` shares each has one of `n` turns, and
/// in it each of its clients. What goes together is taken in one turn, of all clients of a share.
///
/// A client's work for a share keeps its order, but for what goes together with something before it.
struct WaitingWork<Work> {
    private var shares = Turns<String?, Turns<String, Line<Work>>>()
    private(set) var count = 0
    /// How many pieces are looked at to find what goes together.
    private static var reach: Int { 128 }

    mutating func append(_ work: Work, of key: TurnKey) {
        shares.fill(key.share) { clients in clients.fill(key.client) { $0.append(work) } }
        count += 1
    }

    /// The piece whose turn it is, and those of its share that go together with it.
    mutating func take(atMost limit: Int, where goTogether: (Work, Work) -> Bool) -> [Work] {
        let taken = shares.turn { Self.take(atMost: limit, from: &$1, where: goTogether) } ?? []
        count -= taken.count
        return taken
    }

    /// The piece whose turn it is among those of keys that may have one.
    mutating func take(where isFree: (TurnKey) -> Bool) -> Work? {
        var leader: Work?
        _ = shares.turn(where: { Self.keys($1, of: $0, where: isFree) > 0 }) { share, clients in
            _ = clients.turn(where: { client, _ in isFree(TurnKey(share: share, client: client)) }) {
                leader = $1.popFirst()
            }
        }
        if leader != nil { count -= 1 }
        return leader
    }

    /// Keys that have something, of those that may.
    func keys(where isFree: (TurnKey) -> Bool) -> Int {
        shares.sum { Self.keys($1, of: $0, where: isFree) }
    }

    private static func keys(
        _ clients: Turns<String, Line<Work>>, of share: String?, where isFree: (TurnKey) -> Bool
    ) -> Int {
        clients.sum { client, _ in isFree(TurnKey(share: share, client: client)) ? 1 : 0 }
    }

    private static func take(
        atMost limit: Int, from clients: inout Turns<String, Line<Work>>, where goTogether: (Work, Work) -> Bool
    ) -> [Work] {
        guard let leader = clients.turn({ $1.popFirst() }) ?? nil else { return [] }
        var (taken, looks, before) = ([leader], reach, 0)
        // Again as long as some had less than their part of what there was room for.
        while taken.count < limit, taken.count > before, looks > 0 {
            before = taken.count
            clients.round { line, others in
                let part = (limit - taken.count + others) / (others + 1)
                let alike = line.take(atMost: part, looks: &looks) { goTogether(leader, $0) }
                taken += alike
                return !alike.isEmpty
            }
        }
        return taken
    }
}
