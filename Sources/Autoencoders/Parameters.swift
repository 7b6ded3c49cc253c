import Glibc
import Tensors

/// A model's parameters as one flat vector, addressed by its layout.
public struct Parameters: Sendable, Equatable {
    public let layout: ParameterLayout
    public var values: [Float]

    /// Takes over `values`, which must be as many as the layout's.
    public init(layout: ParameterLayout, values: [Float]) throws(ShapeError) {
        guard values.count == layout.count else {
            throw .countMismatch(shape: [layout.count], expected: layout.count, actual: values.count)
        }
        (self.layout, self.values) = (layout, values)
    }

    /// Fresh parameters, neutral batch norm included; the seed fixes them.
    public init(
        initialising layout: ParameterLayout, seed: UInt64,
        with initialization: TrainingSettings.Initialization = .glorotUniform
    ) {
        self.layout = layout
        values = [Float](repeating: 0, count: layout.count)
        for (index, entry) in layout.entries.enumerated() {
            let range = entry.offset..<entry.offset + entry.count
            switch (entry.initialisation, initialization) {
            case (.constant(let value), _): for i in range { values[i] = value }
            case (.bias, .glorotUniform): break
            case (.weights(_, let fanSum), .glorotUniform):
                fill(range, limit: sqrtf(6 / Float(fanSum)), seed: seed, index: index)
            case (.weights(let fanIn, _), .pytorch), (.bias(let fanIn), .pytorch):
                fill(range, limit: 1 / sqrtf(Float(fanIn)), seed: seed, index: index)
            }
        }
    }

    /// Uniform numbers in ±`limit`.
    private mutating func fill(_ range: Range<Int>, limit: Float, seed: UInt64, index: Int) {
        var random = RandomSource(seed: seed, stream: RandomPurpose.initialisation.stream(index))
        for i in range { values[i] = (2 * random.uniform() - 1) * limit }
    }

    /// The elements of one entry, in its shape's row-major order.
    public subscript(entry: ParameterLayout.Entry) -> ArraySlice<Float> {
        get { values[entry.offset..<entry.offset + entry.count] }
        set { values.replaceSubrange(entry.offset..<entry.offset + entry.count, with: newValue) }
    }
}

/// Keeps the streams of one seed apart: each purpose has its own 2^56.
public enum RandomPurpose: UInt64, Sendable {
    case initialisation = 1, shuffling, posterior, dropout, evaluation, prior, inputNoise, shift, validation, mapSample

    public func stream(_ index: Int) -> UInt64 { rawValue << 56 | UInt64(truncatingIfNeeded: index) & (1 << 56 - 1) }
}
