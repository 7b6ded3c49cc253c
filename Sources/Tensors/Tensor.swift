/// Row-major float32 values with a shape, e.g. images as `[batch, channels, height, width]`.
///
/// A value type for the borders of the program (requests, files, results). Kernels work on raw buffers of a plan.
public struct Tensor: Equatable, Sendable {
    public let shape: Shape
    public private(set) var values: [Float]

    /// Takes `values` as the elements of `shape`; their numbers must agree.
    public init(shape: Shape, values: [Float]) throws(ShapeError) {
        let expected = try shape.elementCount()
        guard values.count == expected else {
            throw .countMismatch(shape: shape, expected: expected, actual: values.count)
        }
        self.shape = shape
        self.values = values
    }

    public init(zeros shape: Shape) throws(ShapeError) {
        self.shape = shape
        values = [Float](repeating: 0, count: try shape.elementCount())
    }

    /// The extent of the first axis, 1 for a scalar.
    public var rows: Int { shape.dimensions.first ?? 1 }

    /// The number of elements in one entry of the first axis.
    public var rowLength: Int { rows == 0 ? 0 : values.count / rows }

    /// The elements of entry `index` of the first axis.
    public func row(_ index: Int) -> ArraySlice<Float> {
        values[index * rowLength..<(index + 1) * rowLength]
    }

    public mutating func withUnsafeMutableValues<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        try values.withUnsafeMutableBufferPointer { try body($0) }
    }
}
