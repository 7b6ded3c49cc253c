/// Why the settings cannot be used; `description` is one line that says what to change.
struct SettingsError: Error, Equatable, CustomStringConvertible {
    /// Where a value came from.
    enum Source: Equatable, Sendable, CustomStringConvertible {
        case flag(String)
        case environment(String)
        case file(String, line: Int?)

        var description: String {
            switch self {
            case .flag(let name): "flag \(name)"
            case .environment(let name): "environment variable \(name)"
            case .file(let path, let line): path + (line.map { ":\($0)" } ?? "")
            }
        }
    }

    enum Problem: Equatable, Sendable {
        /// No such key; `nearest` is one that looks like it.
        case unknown(name: String, nearest: String?)
        case invalid(key: String, expected: String, actual: String)
        /// The file is not there, not readable or not YAML.
        case unreadable(reason: String)
    }

    let source: Source
    let problem: Problem

    var description: String {
        switch problem {
        case .unknown(let name, let nearest):
            "\(source): there is no setting '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? ".")
        case .invalid(let key, let expected, let actual):
            "\(source): '\(key)' takes \(expected), not \(actual)."
        case .unreadable(let reason):
            "\(source): the settings cannot be read: \(reason)"
        }
    }
}

extension SettingsError {
    /// The one of `candidates` that most looks like `name`, if any does.
    static func nearest(to name: String, among candidates: [String]) -> String? {
        let ranked = candidates.map { (candidate: $0, distance: distance($0, name)) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(2, best.candidate.count / 3) ? best.candidate : nil
    }

    /// Levenshtein's: how many letters must be added, removed or changed.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.prefix(100))
        var row = Array(0...right.count)
        for (i, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in right.indices {
                let change = diagonal + (letter == right[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
