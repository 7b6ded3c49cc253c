import Testing

/// A row of a table: a name that quotes the rule, the bytes, and how the two readings of them stand to each other.
struct ComparedRow: CustomTestStringConvertible, Sendable {
    enum Relation: Sendable, Equatable {
        case same, bothRefuse, stricter
        case known(Set<String>)

        /// By the table of known differences, so that a row cannot name one that is not there.
        static func known(_ differences: KnownDifference...) -> Relation { .known(Set(differences.map(\.name))) }
    }

    let name: String
    let bytes: [UInt8]
    let relation: Relation

    init(_ name: String, _ text: String, _ relation: Relation) {
        (self.name, self.bytes, self.relation) = (name, Array(text.utf8), relation)
    }

    var testDescription: String { name }

    static func get(_ fields: String = "", version: String = "HTTP/1.1") -> String {
        "GET / \(version)\r\nHost: a\r\n\(fields)\r\n"
    }

    static func line(_ line: String) -> String { "\(line)\r\nHost: a\r\n\r\n" }

    static func post(_ fields: String, _ body: String = "", version: String = "HTTP/1.1") -> String {
        "POST / \(version)\r\nHost: a\r\n\(fields)\r\n\(body)"
    }

    static func chunked(_ body: String) -> String { post("Transfer-Encoding: chunked\r\n", body) }
}

extension Verdict {
    var relation: ComparedRow.Relation? {
        switch self {
        case .same: .same
        case .bothRefuse: .bothRefuse
        case .stricter: .stricter
        case .known(let names): .known(names)
        case .wrong: nil
        }
    }
}
