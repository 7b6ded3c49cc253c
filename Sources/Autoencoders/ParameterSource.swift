/// Where a model's parameters are: in memory, or in a file that is mapped.
public protocol ParameterSource: Sendable {
    /// Where each one lies in `withValues`.
    var layout: ParameterLayout { get }

    /// Gives the numbers, `layout.count` of them. Throws, afterwards, where they turn out not to have been the model's all
    /// the time; then nothing may be kept of what was made of them.
    func withValues<Value>(_ body: (UnsafePointer<Float>) throws -> Value) throws -> Value
}

extension Parameters: ParameterSource {
    public func withValues<Value>(_ body: (UnsafePointer<Float>) throws -> Value) throws -> Value {
        try values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { throw AutoencoderError.parameterLayout }
            return try body(base)
        }
    }
}

extension ParameterLayout {
    /// The same entries with other places, in floats from a common beginning; nil where they do not have one each.
    public func placed(at offsets: [Int]) -> ParameterLayout? {
        guard offsets.count == entries.count, offsets.allSatisfy({ $0 >= 0 }) else { return nil }
        return ParameterLayout(
            entries: zip(entries, offsets).map { $0.moved(to: $1) }, trainableCount: trainableCount)
    }

    /// The same entries one after another.
    private func packed() -> ParameterLayout {
        var end = 0
        let packed = entries.map { entry in
            defer { end += entry.count }
            return entry.moved(to: end)
        }
        return ParameterLayout(entries: packed, trainableCount: trainableCount)
    }

    /// Whether it is of the same parameters, wherever either has them.
    func hasEntries(of other: ParameterLayout) -> Bool { packed() == other.packed() }
}
