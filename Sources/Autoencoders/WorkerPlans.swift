/// One lazily made plan a worker.
final class WorkerPlans: @unchecked Sendable {  // slot i is only ever touched by whoever computes in worker i's place
    private let slots: UnsafeMutableBufferPointer<VariationalPlan?>
    private let make: @Sendable () throws -> VariationalPlan

    init(count: Int, make: @escaping @Sendable () throws -> VariationalPlan) {
        slots = .allocate(capacity: count)
        slots.initialize(repeating: nil)
        self.make = make
    }

    deinit {
        slots.deinitialize()
        slots.deallocate()
    }

    func plan(_ worker: Int) throws -> VariationalPlan {
        if let plan = slots[worker] { return plan }
        let plan = try make()
        slots[worker] = plan
        return plan
    }
}
