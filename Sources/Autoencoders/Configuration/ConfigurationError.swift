/// A model configuration that cannot be built: the field, what it says, and what it may say.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// The path of the field, e.g. `encoder[2].stride`.
    public let field: String
    public let actual: String
    public let expected: String

    public init(field: String, actual: String, expected: String) {
        (self.field, self.actual, self.expected) = (field, actual, expected)
    }

    public var description: String { "'\(field)' is \(actual); expected \(expected)." }
}
