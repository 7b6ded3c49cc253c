import Tensors

/// A tensor that a model needs, or that a file has, and what the one says of the other.
public struct TensorRow: Equatable, Sendable {
    public enum Problem: Equatable, Sendable {
        case missing
        /// No layer of the model has it.
        case unexpected
        case shape
        /// Not of floating-point numbers.
        case element
        /// Another of the file's names became this one as well.
        case ambiguous(other: String)
        /// `index` counts in row-major order.
        case nonFinite(index: Int)
    }

    /// The model's name for it; the file's where the model has none.
    public let name: String
    /// The file's name, type and shape, nil where it is missing.
    public let source: String?
    public let element: SafetensorsElement?
    public let shape: Shape?
    /// The shape that the model needs, nil where it needs no such tensor.
    public let expected: Shape?
    public internal(set) var problem: Problem?
    /// Whether the file does without it, and 0 stands for it: the bias of a layer with `bias=False`.
    public var isZero: Bool { source == nil && problem == nil }

    public init(
        name: String, source: String?, element: SafetensorsElement?, shape: Shape?, expected: Shape?, problem: Problem?
    ) {
        (self.name, self.source, self.element, self.shape) = (name, source, element, shape)
        (self.expected, self.problem) = (expected, problem)
    }
}

extension TensorRow {
    /// Where it comes from, if that is called otherwise.
    private var origin: String { source.map { $0 == name ? "" : ", from '\($0)'," } ?? "" }

    private static func text(_ shape: Shape?) -> String { shape.map { "[\($0)]" } ?? "" }

    /// What is wrong, with the actual and the expected; nil where nothing is.
    public var complaint: String? {
        switch problem {
        case nil: nil
        case .missing: "'\(name)' is missing; expected a shape of \(Self.text(expected))"
        case .unexpected:
            "'\(name)'\(origin) of shape \(Self.text(shape)) belongs to no layer of the configured model"
        case .shape: "'\(name)'\(origin) has the shape \(Self.text(shape)); expected \(Self.text(expected))"
        case .element: "'\(name)'\(origin) is of type \(element?.rawValue ?? ""); expected F32, F64, F16 or BF16"
        case .ambiguous(let other): "'\(name)' would be both '\(source ?? "")' and '\(other)'"
        case .nonFinite(let index): "element \(index) of '\(name)'\(origin) is not a finite number"
        }
    }
}
