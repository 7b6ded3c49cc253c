/// The extents of a tensor, outermost axis first, e.g. `[batch, channels, height, width]`.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
    public let dimensions: [Int]

    public init(_ dimensions: [Int]) { self.dimensions = dimensions }
    public init(arrayLiteral elements: Int...) { dimensions = elements }

    public var rank: Int { dimensions.count }
    public var description: String { dimensions.map(String.init).joined(separator: "x") }

    /// The number of elements, 1 for a scalar's empty shape.
    ///
    /// Shapes come from files and requests, so a negative extent or a product beyond `Int` is an error, not a trap.
    public func elementCount() throws(ShapeError) -> Int {
        var count = 1
        for extent in dimensions {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflow else { throw .uncountable(self) }
            count = product
        }
        return count
    }
}

extension Shape: Codable {
    public init(from decoder: any Decoder) throws { self.init(try [Int](from: decoder)) }
    public func encode(to encoder: any Encoder) throws { try dimensions.encode(to: encoder) }
}

/// A shape that cannot hold what it is given.
public enum ShapeError: Error, Equatable, CustomStringConvertible {
    /// An extent is negative or the number of elements does not fit in 64 bits.
    case uncountable(Shape)
    /// The number of values is not the shape's number of elements.
    case countMismatch(shape: Shape, expected: Int, actual: Int)

    public var description: String {
        switch self {
        case .uncountable(let shape): "The shape \(shape) has a negative extent or too many elements."
        case .countMismatch(let shape, let expected, let actual):
            "The shape \(shape) holds \(expected) values, not \(actual)."
        }
    }
}
