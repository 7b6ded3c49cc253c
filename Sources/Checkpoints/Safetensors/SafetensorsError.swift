import Tensors

/// What is wrong with a safetensors file, or with what is asked of it.
public enum SafetensorsError: Error, Equatable, CustomStringConvertible {
    /// Fewer bytes than the header's length takes.
    case tooShort(bytes: Int)
    /// The header is longer than the file or the format's limit.
    case headerLength(actual: UInt64, limit: UInt64)
    /// The header is not JSON of the form that the format asks for.
    case headerSyntax(position: Int, expected: String)
    /// A name stands twice in one object.
    case duplicateName(String)
    /// A type that the format does not know.
    case unknownElement(tensor: String, actual: String)
    /// More elements than can be counted.
    case uncountable(tensor: String, shape: Shape)
    /// A tensor's range of bytes is not its shape times its element's size.
    case rangeSize(tensor: String, shape: Shape, element: SafetensorsElement, expected: Int, begin: Int, end: Int)
    /// A tensor begins before the one ahead of it ends.
    case overlap(tensor: String, expectedBegin: Int, actualBegin: Int)
    /// Bytes that belong to no tensor.
    case hole(tensor: String, expectedBegin: Int, actualBegin: Int)
    /// The last tensor does not end where the file does.
    case dataLength(expected: Int, actual: Int)
    /// The data are not those that were written.
    case checksum(expected: String, actual: String)
    /// A tensor that should be there is not.
    case missingTensor(String)
    /// A tensor of another element type than asked for.
    case elementMismatch(tensor: String, expected: String, actual: SafetensorsElement)
    /// A tensor of another shape than asked for.
    case shapeMismatch(tensor: String, expected: Shape, actual: Shape)
    /// A whole number that its use has no room for; `index` counts in the tensor's row-major order.
    case valueOutOfRange(tensor: String, index: Int, value: Int64)

    public var description: String {
        switch self {
        case .tooShort(let bytes): "The file has \(bytes) bytes; its header's length alone takes 8."
        case .headerLength(let actual, let limit):
            "The file says that its header has \(actual) bytes; at most \(limit) are possible."
        case .headerSyntax(let position, let expected): "At byte \(position) the header should have \(expected)."
        case .duplicateName(let name): "The name '\(name)' stands twice in the header."
        case .unknownElement(let tensor, let actual):
            "The tensor '\(tensor)' is of the unknown type '\(actual)'; known are "
                + SafetensorsElement.allCases.map(\.rawValue).joined(separator: ", ") + "."
        case .uncountable(let tensor, let shape):
            "The tensor '\(tensor)' has the shape [\(shape)], which is too large to count."
        case .rangeSize(let tensor, let shape, let element, let expected, let begin, let end):
            "The tensor '\(tensor)' of shape [\(shape)] and type \(element.rawValue) takes \(expected) bytes, but its "
                + "range is \(begin) to \(end)."
        case .overlap(let tensor, let expected, let actual):
            "The tensor '\(tensor)' begins at \(actual), inside the tensor that ends at \(expected)."
        case .hole(let tensor, let expected, let actual):
            "The tensor '\(tensor)' begins at \(actual) instead of \(expected): the bytes between belong to no tensor."
        case .dataLength(let expected, let actual):
            "The tensors take \(expected) bytes, but the file has \(actual) after its header."
        case .checksum(let expected, let actual):
            "The data are damaged: their CRC-32 is \(actual) instead of \(expected.prefix(80))."
        case .missingTensor(let name): "There is no tensor '\(name)'."
        case .elementMismatch(let tensor, let expected, let actual):
            "The tensor '\(tensor)' is of type \(actual.rawValue); expected \(expected)."
        case .shapeMismatch(let tensor, let expected, let actual):
            "The tensor '\(tensor)' has the shape [\(actual)]; expected [\(expected)]."
        case .valueOutOfRange(let tensor, let index, let value):
            "Element \(index) of the tensor '\(tensor)' is \(value); expected 0 to 255."
        }
    }
}
