import Testing

@testable import HTTP

/// Work that waits: nothing is lost, keys keep their order and have their turns.
@Suite struct WaitingWorkTests {
    private struct Piece: Equatable {
        let number: Int
        let key: TurnKey
        /// Pieces of one share and kind go together.
        let kind: Int

        static func goTogether(_ first: Piece, _ second: Piece) -> Bool {
            first.key.share == second.key.share && first.kind == second.kind
        }
    }

    /// A queue that checks itself against what was put in, and how long each key waits.
    private struct Checked {
        var queue = WaitingWork<Piece>()
        var waiting: [Piece] = []
        var number = 0
        /// For each that waits, how many turns it may still have to wait: that many others were there when it came.
        var shares: [String?: Int] = [:]
        var clients: [TurnKey: Int] = [:]

        mutating func append(_ key: TurnKey, kind: Int) {
            let piece = Piece(number: number, key: key, kind: kind)
            number += 1
            if shares[key.share] == nil { shares[key.share] = shares.count }
            if clients[key] == nil { clients[key] = clients.count { $0.key.share == key.share } }
            queue.append(piece, of: key)
            waiting.append(piece)
        }

        mutating func take(atMost limit: Int) -> [Piece] {
            let taken = queue.take(atMost: limit, where: Piece.goTogether)
            #expect(taken.count <= limit && taken.isEmpty == waiting.isEmpty)
            guard let leader = taken.first else { return [] }
            #expect(Set(taken.map(\.number)).count == taken.count)
            #expect(taken.allSatisfy { waiting.contains($0) && Piece.goTogether(leader, $0) })
            // The first is the oldest of its key; the others are the oldest of theirs and of this kind.
            #expect(leader == waiting.first { $0.key == leader.key })
            for (key, pieces) in Dictionary(grouping: taken, by: \.key) {
                let alike = waiting.filter { $0.key == key && $0.kind == leader.kind }
                #expect(pieces == Array(alike.prefix(pieces.count)))
            }
            waiting.removeAll { taken.contains($0) }
            #expect(queue.count == waiting.count)
            pass(leader, served: Set(taken.map(\.key)))
            return taken
        }

        private mutating func pass(_ leader: Piece, served: Set<TurnKey>) {
            let (share, left) = (leader.key.share, Set(waiting.map(\.key)))
            for (key, turns) in shares where key != share {
                #expect(turns > 0, "'\(key ?? "-")' waits too long")
                shares[key] = turns - 1
            }
            for (key, turns) in clients where key.share == share && !served.contains(key) {
                #expect(turns > 0, "\(key) waits too long")
                clients[key] = turns - 1
            }
            shares[share] = left.contains { $0.share == share } ? Set(left.map(\.share)).count - 1 : nil
            let others = left.count { $0.share == share }
            for key in served { clients[key] = left.contains(key) ? others - 1 : nil }
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>) func whateverComes(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        var checked = Checked()
        let shares = ["a", "b", "c", nil].prefix(Int.random(in: 1...4, using: &random))
        let clients = ["1", "2", "3", "4", "5"].prefix(Int.random(in: 1...5, using: &random))
        for step in 0..<1500 {
            // Ebb and flow, so that it is empty now and then.
            if Int.random(in: 0..<100, using: &random) < (step / 150 % 2 == 0 ? 75 : 35) {
                let key = TurnKey(
                    share: shares.randomElement(using: &random) ?? nil,
                    client: clients.randomElement(using: &random) ?? "")
                checked.append(key, kind: Int.random(in: 0...1, using: &random))
            } else {
                _ = checked.take(atMost: Int.random(in: 1...6, using: &random))
            }
        }
        while !checked.waiting.isEmpty { _ = checked.take(atMost: 3) }
        #expect(checked.queue.count == 0)
    }

    private func queue(_ pieces: [(share: String?, client: String, count: Int)]) -> WaitingWork<String> {
        var queue = WaitingWork<String>()
        for (share, client, count) in pieces {
            for _ in 0..<count { queue.append("\(share ?? "-")\(client)", of: TurnKey(share: share, client: client)) }
        }
        return queue
    }

    @Test func muchOfOneKeepsNobodyWaiting() {
        var queue = queue([("a", "1", 200), ("a", "2", 2), ("b", "1", 3), (nil, "3", 1)])
        let taken = (0..<9).flatMap { _ in queue.take(atMost: 1) { _, _ in true } }
        #expect(taken == ["a1", "b1", "-3", "a2", "b1", "a1", "b1", "a2", "a1"])
    }

    /// Who has little is in the first batch; the rest of it is for who has much.
    @Test func aBatchIsOfAllClients() {
        var queue = queue([("a", "1", 200), ("a", "2", 2), ("a", "3", 100), ("b", "1", 5)])
        let batch = queue.take(atMost: 16) { $0.first == $1.first }
        #expect(batch.count { $0 == "a1" } == 7 && batch.count { $0 == "a2" } == 2 && batch.count { $0 == "a3" } == 7)
        #expect(queue.take(atMost: 16) { $0.first == $1.first } == Array(repeating: "b1", count: 5))
        #expect(queue.count == 200 + 100 - 14)
    }

    @Test func whatDoesNotGoTogetherIsNotPassedOverForEver() {
        var queue = queue([("a", "1", 50), ("a", "2", 50)])
        // Only those of the first client go together with their like.
        let turns = (0..<4).map { _ in queue.take(atMost: 8) { $0 == "a1" && $1 == "a1" } }
        #expect(turns == [Array(repeating: "a1", count: 8), ["a2"], Array(repeating: "a1", count: 8), ["a2"]])
    }

    /// Those who may not have a turn lose nothing by it.
    @Test func turnsOfThoseWhoMayHaveOne() {
        var queue = queue([("a", "1", 3), ("a", "2", 2), ("b", "1", 2), (nil, "3", 1)])
        #expect(queue.keys { _ in true } == 4)
        #expect(queue.keys { $0.client == "1" } == 2)
        #expect(queue.take { $0.client == "2" } == "a2")
        #expect(queue.take { $0.client == "4" } == nil)
        #expect(queue.take { $0.share == "a" } == "a1")
        let rest = (0..<7).map { _ in queue.take { _ in true } }
        #expect(rest == ["b1", "-3", "a2", "b1", "a1", "a1", nil])
        #expect(queue.count == 0 && queue.keys { _ in true } == 0)
    }

    @Test func anEmptyOneGivesNothing() {
        var queue = WaitingWork<Int>()
        #expect(queue.take(atMost: 4) { _, _ in true }.isEmpty)
        queue.append(1, of: TurnKey())
        #expect(queue.take(atMost: 4) { _, _ in true } == [1])
        #expect(queue.take(atMost: 4) { _, _ in true }.isEmpty && queue.count == 0)
    }
}
