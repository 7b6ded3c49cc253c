import Tensors

/// Why an operation on latents cannot be carried out. Points, terms and rows are counted from 0.
public enum LatentSpaceError: Error, Equatable, CustomStringConvertible {
    /// A point has not as many numbers as the others, or as the model's latents.
    case dimension(point: Int, expected: Int, actual: Int)
    /// A number of a point is infinite or not a number.
    case nonFinite(point: Int, dimension: Int)
    /// A number that an operation is asked for lies outside its range.
    case outOfRange(parameter: String, actual: Double, expected: ClosedRange<Double>)
    /// Spherical interpolation between points in opposite directions: every way round is equally short.
    case antiparallel(from: Int, to: Int)
    /// The result does not fit in float32.
    case overflow(dimension: Int)
    /// A set of latents that is not [count, latent dimension].
    case notAMap(Shape)

    public var description: String {
        switch self {
        case .dimension(let point, let expected, let actual):
            "Point \(point) has \(actual) numbers; expected \(expected)."
        case .nonFinite(let point, let dimension): "Number \(dimension) of point \(point) is not finite."
        case .outOfRange(let parameter, let actual, let expected):
            "'\(parameter)' is \(Self.text(actual)); it must be from \(Self.text(expected.lowerBound)) to "
                + "\(Self.text(expected.upperBound))."
        case .antiparallel(let from, let to):
            "Points \(from) and \(to) lie in opposite directions, so that no spherical path is the shortest; take the "
                + "linear method, or a point between them."
        case .overflow(let dimension): "Number \(dimension) of the result is too large."
        case .notAMap(let shape): "Latents have the shape [count, latent dimension], not [\(shape)]."
        }
    }

    private static func text(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? "\(value)"
    }

    /// Refuses a number outside `range`, NaN included.
    static func check(_ parameter: String, _ value: Double, in range: ClosedRange<Double>) throws(LatentSpaceError) {
        guard range.contains(value) else {
            throw .outOfRange(parameter: parameter, actual: value, expected: range)
        }
    }

    static func check(_ parameter: String, _ value: Int, in range: ClosedRange<Int>) throws(LatentSpaceError) {
        guard range.contains(value) else {
            throw .outOfRange(
                parameter: parameter, actual: Double(value),
                expected: Double(range.lowerBound)...Double(range.upperBound))
        }
    }

    /// Refuses points of differing or no dimension, and numbers that are not finite.
    static func check(points: [[Float]]) throws(LatentSpaceError) {
        let dimension = max(points.first?.count ?? 0, 1)
        for (index, point) in points.enumerated() {
            guard point.count == dimension else {
                throw .dimension(point: index, expected: dimension, actual: point.count)
            }
            if let number = point.firstIndex(where: { !$0.isFinite }) {
                throw .nonFinite(point: index, dimension: number)
            }
        }
    }

    /// Rows of equal length as a tensor; numbers that float32 cannot hold are refused.
    ///
    /// - Parameter dimension: the rows' length, needed where there may be none.
    static func tensor(rows: [[Double]], dimension: Int? = nil) throws(LatentSpaceError) -> Tensor {
        let values = rows.joined().map { Float($0) }
        let dimension = dimension ?? rows.first?.count ?? 0
        if let index = values.firstIndex(where: { !$0.isFinite }) { throw .overflow(dimension: index % dimension) }
        do { return try Tensor(shape: [rows.count, dimension], values: values) } catch {
            throw .notAMap([rows.count, dimension])
        }
    }
}
