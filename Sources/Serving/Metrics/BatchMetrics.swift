/// How many rows of requests that had waited together were computed as one batch.
struct BatchMetrics: Sendable {
    private static let bounds = [1, 2, 4, 8, 16, 32, 64, 128]
    /// One for each bound and one for what is over the last.
    private let counts = CounterBank(count: Self.bounds.count + 1)
    private let sum = CounterBank(count: 1)

    func observe(_ rows: Int) {
        counts.add(to: Self.bounds.firstIndex { rows <= $0 } ?? Self.bounds.count)
        sum.add(rows, to: 0)
    }

    func write(_ text: inout MetricsText) {
        text.family(
            "latentd_batch_rows", .histogram,
            "Rows of requests that had waited together and were computed as one batch.")
        var total = 0
        for (index, bound) in Self.bounds.enumerated() {
            total += counts[index]
            text.sample(total, [("le", "\(bound)")], suffix: "_bucket")
        }
        total += counts[Self.bounds.count]
        text.sample(total, [("le", "+Inf")], suffix: "_bucket")
        text.sample(sum[0], suffix: "_sum")
        text.sample(total, suffix: "_count")
    }
}
