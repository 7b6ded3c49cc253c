import Autoencoders

/// Why somebody's weights are not those of the configured model. Files are named by their last component.
public enum StateDictError: Error, Equatable, CustomStringConvertible {
    case file(FileFault)
    case format(file: String, reason: SafetensorsError)
    case configuration(ConfigurationError)
    /// Every tensor that does not fit.
    case tensors(file: String, [TensorRow])
    /// A rule for names that is none.
    case rule(String)
    /// A part's modules shall be taken in order, but their order cannot be told from their names.
    case unnumbered(file: String, module: String)
    /// A part has more modules, or fewer, than layers of the configuration that have weights.
    case moduleCount(file: String, part: String, actual: [String], expected: [String])

    private static let shown = 12

    public var description: String { text.onOneLine }

    private var text: String {
        switch self {
        case .file(let fault): return fault.description
        case .format(let file, let reason): return "'\(file)': \(reason)"
        case .configuration(let error): return "The configuration: \(error)"
        case .tensors(let file, let rows):
            let complaints = rows.compactMap(\.complaint)
            let more = complaints.count - Self.shown
            return "'\(file)' does not fit the configuration: \(complaints.prefix(Self.shown).joined(separator: "; "))"
                + (more > 0 ? "; and \(more) more." : ".")
        case .rule(let text):
            return "The rule '\(text)' cannot be followed; expected FROM=TO, both of names with dots between them."
        case .unnumbered(let file, let module):
            return "'\(file)': '\(module)' has no number, so that its place in the order cannot be told; "
                + "expected names as encoder.0, or a rule for each."
        case .moduleCount(let file, let part, let actual, let expected):
            return "'\(file)' has \(actual.count) modules with tensors in '\(part)' (\(Self.list(actual))); "
                + "expected \(expected.count) (\(Self.list(expected)))."
        }
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(shown).joined(separator: ", ") + (names.count > shown ? ", ..." : "")
    }
}
