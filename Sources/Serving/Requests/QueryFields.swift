import HTTP

/// Reads a request's query; every error names the parameter.
struct QueryFields {
    let query: Query

    init(_ request: Request) { query = request.query }

    /// What `ImageResult` reads.
    static let picture = ["format", "columns", "scale", "padding"]
    /// What the reader of points reads.
    static let points = ["resize"]

    /// Refuses other names, and a name that is there twice, since only one of its values could count.
    func allow(_ names: [String]) throws {
        for (index, item) in query.items.enumerated() {
            let name = String(item.name.prefix(64))
            guard names.contains(item.name) else {
                let known = names.isEmpty ? "none is" : "known are \(names.joined(separator: ", "))"
                throw ServiceError.impossible(
                    "unknown_parameter", "The query's '\(name)' is not known here; \(known).", name)
            }
            guard !query.items[..<index].contains(where: { $0.name == item.name }) else {
                throw ServiceError.impossible(
                    "repeated_parameter", "The query has '\(name)' more than once.", name)
            }
        }
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = query[name] else { return nil }
        guard let value = Int(text) else {
            throw ServiceError.wrongType(name, actual: "'\(text.prefix(32))'", expected: "an integer")
        }
        guard range.contains(value) else {
            throw ServiceError.outOfRange(
                name, actual: "\(value)", expected: "from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func number(_ name: String) throws -> Double? {
        guard let text = query[name] else { return nil }
        guard text.utf8.count <= 64, let value = Double(text), value.isFinite else {
            throw ServiceError.wrongType(name, actual: "'\(text.prefix(32))'", expected: "a finite number")
        }
        return value
    }

    /// Absent is false; `?name`, `1` and `true` are true.
    func flag(_ name: String) throws -> Bool {
        switch query[name] {
        case nil, "0", "false": return false
        case "", "1", "true": return true
        case let text?:
            throw ServiceError.wrongType(name, actual: "'\(text.prefix(32))'", expected: "true or false")
        }
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String
    ) throws -> Choice? where Choice.RawValue == String {
        guard let text = query[name] else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw ServiceError.outOfRange(name, actual: "'\(text.prefix(32))'", expected: "one of \(known)")
        }
        return choice
    }
}
