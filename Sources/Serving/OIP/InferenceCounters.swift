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

    /// Nanoseconds from the end of a request's arrival on.
    struct Marks {
        var started = 0
        var read = 0
        var computed = 0
        var written = 0
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

    func succeeded(rows: Int, _ marks: Marks, at milliseconds: Int) {
        add(marks.written, to: .success)
        add(marks.started, to: .queue)
        let parts = [marks.read - marks.started, marks.computed - marks.read, marks.written - marks.computed]
        for (part, nanoseconds) in zip(Part.ofBatches, parts) { add(nanoseconds, to: part) }
        totals.add(rows, to: Self.inferences)
        totals.add(to: Self.executions)
        last.store(milliseconds, ordering: .relaxed)
        let (bank, start) = batch(rows)
        bank.add(to: start)
        for (index, nanoseconds) in parts.enumerated() { bank.add(nanoseconds, to: start + 1 + index) }
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
