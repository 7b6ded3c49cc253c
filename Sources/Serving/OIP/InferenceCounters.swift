import Glibc
import Synchronization

/// What one model has been asked for one verb since the program began: additions only, from any thread.
final class InferenceCounters: Sendable {
    /// How often something happened, and the nanoseconds that it took in all.
    struct Total: Equatable {
        var count = 0
        var nanoseconds = 0
    }

    /// The parts of a request's life, in the protocol's words and order.
    enum Part: String, CaseIterable {
        case success, fail, queue
        case computeInput = "compute_input"
        case computeInfer = "compute_infer"
        case computeOutput = "compute_output"

        /// Those that are told by batch size.
        static let ofBatches: [Part] = [.computeInput, .computeInfer, .computeOutput]
        fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// How long a request waited, and when its parts were done, in nanoseconds of `now`.
    struct Marks {
        var queued = 0
        var started = 0
        var read = 0
        var computed = 0
        var written = 0
    }

    /// The monotonic clock's nanoseconds.
    static var now: Int { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Int {
        var time = timespec()
        clock_gettime(clock, &time)
        return time.tv_sec &* 1_000_000_000 &+ time.tv_nsec
    }

    /// Batches up to this size have their counters from the start. Larger ones take so long that a lock does not matter.
    private static let smallBatches = 32
    private static let batchWidth = 1 + Part.ofBatches.count

    private let totals = CounterBank(count: 2 * Part.allCases.count + 2)
    private let small = CounterBank(count: smallBatches * batchWidth)
    private let large = Mutex<[Int: CounterBank]>([:])
    private let last = Atomic<Int>(0)

    private static let inferences = 2 * Part.allCases.count
    private static let executions = inferences + 1

    /// - Parameters:
    ///   - rows: of the request.
    ///   - batch: rows that were computed at once, those of other requests as well.
    ///   - isFirst: whether the batch is counted with this request; it is with one of them.
    func succeeded(rows: Int, batch size: Int, isFirst: Bool, _ marks: Marks) {
        let parts = [marks.read - marks.started, marks.computed - marks.read, marks.written - marks.computed]
        add(parts.reduce(marks.queued, +), to: .success)
        add(marks.queued, to: .queue)
        for (part, nanoseconds) in zip(Part.ofBatches, parts) { add(nanoseconds, to: part) }
        totals.add(rows, to: Self.inferences)
        last.store(Self.read(CLOCK_REALTIME) / 1_000_000, ordering: .relaxed)
        let (bank, start) = batch(size)
        for (index, part) in Part.ofBatches.enumerated() where isFirst || part != .computeInfer {
            bank.add(parts[index], to: start + 1 + index)
        }
        guard isFirst else { return }
        totals.add(to: Self.executions)
        bank.add(to: start)
    }

    func failed(after nanoseconds: Int) { add(nanoseconds, to: .fail) }

    private func add(_ nanoseconds: Int, to part: Part) {
        totals.add(to: 2 * part.place)
        totals.add(nanoseconds, to: 2 * part.place + 1)
    }

    private func batch(_ rows: Int) -> (CounterBank, start: Int) {
        if (1...Self.smallBatches).contains(rows) { return (small, (rows - 1) * Self.batchWidth) }
        return large.withLock { large in
            if let known = large[rows] { return (known, 0) }
            let fresh = CounterBank(count: Self.batchWidth)
            large[rows] = fresh
            return (fresh, 0)
        }
    }

    // MARK: Reading

    subscript(part: Part) -> Total {
        Total(count: totals[2 * part.place], nanoseconds: totals[2 * part.place + 1])
    }

    /// Rows of all requests that succeeded.
    var inferenceCount: Int { totals[Self.inferences] }
    var executionCount: Int { totals[Self.executions] }
    /// Milliseconds since 1970, 0 for never.
    var lastInference: Int { last.load(ordering: .relaxed) }

    /// The batch sizes that there were, ascending, with the totals of `Part.ofBatches`.
    var batches: [(rows: Int, totals: [Total])] {
        let smallOnes = (1...Self.smallBatches).map { ($0, small, ($0 - 1) * Self.batchWidth) }
        let largeOnes = large.withLock { $0.map { ($0.key, $0.value, 0) } }.sorted { $0.0 < $1.0 }
        return (smallOnes + largeOnes).compactMap { rows, bank, start in
            let count = bank[start]
            guard count > 0 else { return nil }
            return (rows, Part.ofBatches.indices.map { Total(count: count, nanoseconds: bank[start + 1 + $0]) })
        }
    }
}

/// The counters of every version that was asked for something.
final class InferenceStatistics: Sendable {
    private struct Key: Hashable {
        let base: String
        let version: Int
        let verb: OIPModel.Verb
    }

    private let counters = Mutex<[Key: InferenceCounters]>([:])

    /// Made when first asked for, so only for what is or was served.
    func counters(of model: OIPModel, version: Int) -> InferenceCounters {
        let key = Key(base: model.base, version: version, verb: model.verb)
        return counters.withLock { counters in
            if let known = counters[key] { return known }
            let fresh = InferenceCounters()
            counters[key] = fresh
            return fresh
        }
    }
}
