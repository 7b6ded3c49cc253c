import Synchronization

/// What layers above work out of a version of a model, each once, by its type; gone with the version.
public final class DerivedValues: Sendable {
    private final class Slot: Sendable {
        let value = Mutex<(any Sendable)?>(nil)
    }

    private let slots = Mutex<[ObjectIdentifier: Slot]>([:])

    init() {}

    /// The value of this type, made at the first call; others who want it meanwhile wait for it. A failure is not kept.
    public func value<Value: Sendable, Failure>(
        _ make: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let slot = slots.withLock { slots in
            if let slot = slots[ObjectIdentifier(Value.self)] { return slot }
            let slot = Slot()
            slots[ObjectIdentifier(Value.self)] = slot
            return slot
        }
        return try slot.value.withLock { (kept) throws(Failure) -> Value in
            if let value = kept as? Value { return value }
            let value = try make()
            kept = value
            return value
        }
    }
}
