import Synchronization

/// How many streams may be open at a time.
struct StreamPlaces: Sendable {
    /// One open stream's; given back when this goes away.
    final class Place: Sendable {
        private let statistics: ServerStatistics

        fileprivate init(_ statistics: ServerStatistics) { self.statistics = statistics }

        deinit { statistics.openStreams.subtract(1, ordering: .relaxed) }
    }

    let limit: Int
    let statistics: ServerStatistics

    /// Nil where all are taken.
    func take() -> Place? {
        var open = statistics.openStreams.load(ordering: .relaxed)
        while open < limit {
            let (isMine, found) = statistics.openStreams.weakCompareExchange(
                expected: open, desired: open + 1, ordering: .relaxed)
            if isMine { return Place(statistics) }
            open = found
        }
        statistics.refusedStreams.add(1, ordering: .relaxed)
        return nil
    }
}
