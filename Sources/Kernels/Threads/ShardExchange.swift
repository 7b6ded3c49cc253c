/// Lets the workers of one step add up numbers, always in the order of the workers, so that sums are reproducible.
///
/// Each sum is a meeting point: every worker must come, or `abandon` must be called so that none waits for ever.
public final class ShardExchange: @unchecked Sendable {  // every access to its fields is inside the monitor
    /// A worker gave up, so the sum cannot be formed.
    public struct Abandoned: Error {}

    private let workers: Int
    private let monitor = Monitor()
    private var contributions: [[Float]]
    private var arrived = 0
    private var generation = 0
    private var total: [Float] = []
    private var abandoned = false

    public init(workers: Int) {
        self.workers = workers
        contributions = Array(repeating: [], count: workers)
    }

    /// Replaces `values` by their sum over all workers.
    public func sum(worker: Int, _ values: UnsafeMutablePointer<Float>, count: Int) throws {
        guard workers > 1 else { return }
        let mine = Array(UnsafeBufferPointer(start: values, count: count))
        let result = try monitor.locked {
            guard !abandoned else { throw Abandoned() }
            contributions[worker] = mine
            arrived += 1
            if arrived == workers {
                total = contributions[0]
                for other in contributions.dropFirst() {
                    for i in 0..<min(total.count, other.count) { total[i] += other[i] }
                }
                arrived = 0
                generation += 1
                monitor.notifyAll()
            } else {
                let current = generation
                while generation == current && !abandoned { monitor.wait() }
                if abandoned { throw Abandoned() }
            }
            return total
        }
        for i in 0..<count { values[i] = result[i] }
    }

    public func abandon() {
        monitor.locked {
            abandoned = true
            monitor.notifyAll()
        }
    }
}
