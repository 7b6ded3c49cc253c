/// A queue from whose front several pieces may be taken that belong together.
struct WaitingWork<Work> {
    /// In order; those before `first` are taken.
    private var pieces: [Work?] = []
    private var first = 0
    /// How far back pieces are looked for.
    private static var reach: Int { 128 }

    var count: Int { pieces.count - first }

    mutating func append(_ work: Work) { pieces.append(work) }

    /// The first piece, and of those near behind it the ones that go together with it, in their order.
    mutating func take(atMost limit: Int, where goTogether: (Work, Work) -> Bool) -> [Work] {
        guard first < pieces.count, let leader = pieces[first] else { return [] }
        pieces[first] = nil
        first += 1
        var taken = [leader]
        var kept = first
        if limit > 1 {
            let end = min(pieces.count, first + Self.reach)
            for index in first..<end {
                guard let piece = pieces[index] else { continue }
                if taken.count < limit, goTogether(leader, piece) {
                    taken.append(piece)
                } else {
                    pieces.swapAt(kept, index)
                    kept += 1
                }
            }
            pieces.removeSubrange(kept..<end)
        }
        compact()
        return taken
    }

    private mutating func compact() {
        if first == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= 1024 {
            pieces.removeSubrange(0..<first)
            first = 0
        }
    }
}
