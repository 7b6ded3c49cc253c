/// Writes Prometheus' text format 0.0.4: families one after the other, each with its help and type.
struct MetricsText {
    enum Kind: String {
        case counter, gauge, histogram
    }

    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var bytes: [UInt8] = []
    private var name = ""

    /// Begins a family; the samples that follow are its.
    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        append("# HELP \(name) \(Self.escaped(help, quote: false))\n# TYPE \(name) \(kind.rawValue)\n")
    }

    mutating func sample(_ value: Int, _ labels: [(String, String)] = [], suffix: String = "") {
        line("\(value)", labels, suffix)
    }

    mutating func sample(_ value: Double, _ labels: [(String, String)] = [], suffix: String = "") {
        line(value.isFinite ? "\(value)" : value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf", labels, suffix)
    }

    /// A family of one sample.
    mutating func single(_ name: String, _ kind: Kind, _ value: some BinaryInteger, _ help: String) {
        family(name, kind, help)
        sample(Int(clamping: value))
    }

    private mutating func line(_ value: String, _ labels: [(String, String)], _ suffix: String) {
        append(name + suffix)
        if !labels.isEmpty {
            append("{")
            append(labels.map { "\($0)=\"\(Self.escaped($1, quote: true))\"" }.joined(separator: ","))
            append("}")
        }
        append(" \(value)\n")
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private static func escaped(_ text: String, quote: Bool) -> String {
        guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x0A || $0 == 0x22 }) else { return text }
        let text = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        return quote ? text.replacing("\"", with: "\\\"") : text
    }
}
