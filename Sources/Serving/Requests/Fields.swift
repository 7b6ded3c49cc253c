/// Reads the members of one JSON object; every error names the member by its path.
struct Fields {
    let document: JSONDocument
    let object: JSONObject
    /// The path of the object, empty for the body itself.
    let path: String

    /// The whole body, which must be an object.
    init(_ document: JSONDocument) throws {
        guard case .object(let object) = document.root else {
            throw ServiceError.impossible(
                "wrong_type", "The body is \(document.root.kind); expected an object.", nil)
        }
        self.init(document: document, object: object, path: "")
    }

    private init(document: JSONDocument, object: JSONObject, path: String) {
        (self.document, self.object, self.path) = (document, object, path)
    }

    /// The object that a node is.
    static func object(_ node: JSONNode, of document: JSONDocument, path: String) throws -> Fields {
        guard case .object(let object) = node else {
            throw ServiceError.wrongType(path, actual: node.kind, expected: "an object")
        }
        return Fields(document: document, object: object, path: path)
    }

    /// Refuses members of other names: a misspelt option is an error, not a default.
    func allow(_ names: [String]) throws {
        for member in object.members where !names.contains(member.key) {
            throw ServiceError.unknownField(path(of: String(member.key.prefix(64))), allowed: names)
        }
    }

    func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// The member, nil where it is missing or null.
    subscript(name: String) -> JSONNode? {
        guard let node = object[name], node != .null else { return nil }
        return node
    }

    func integer(_ name: String, in range: ClosedRange<Int>, default fallback: Int) throws -> Int {
        guard let node = self[name] else { return fallback }
        guard case .integer(let value) = node else {
            throw ServiceError.wrongType(path(of: name), actual: Self.actual(node), expected: "an integer")
        }
        guard range.contains(value) else {
            throw ServiceError.outOfRange(
                path(of: name), actual: "\(value)", expected: "from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A number that float32 holds.
    func float(_ name: String, default fallback: Float) throws -> Float {
        guard let node = self[name] else { return fallback }
        let value: Double
        switch node {
        case .integer(let number): value = Double(number)
        case .number(let number): value = number
        default: throw ServiceError.wrongType(path(of: name), actual: node.kind, expected: "a number")
        }
        guard Float(value).isFinite else {
            throw ServiceError.outOfRange(
                path(of: name), actual: "\(value)", expected: "a number that float32 can hold")
        }
        return Float(value)
    }

    /// Absent is false.
    func flag(_ name: String) throws -> Bool { try bool(name) ?? false }

    func bool(_ name: String) throws -> Bool? {
        guard let node = self[name] else { return nil }
        guard case .bool(let value) = node else {
            throw ServiceError.wrongType(path(of: name), actual: node.kind, expected: "true or false")
        }
        return value
    }

    func object(_ name: String) throws -> Fields? {
        try self[name].map { try Self.object($0, of: document, path: path(of: name)) }
    }

    func string(_ name: String) throws -> String? {
        guard let node = self[name] else { return nil }
        guard case .string(let text) = node else {
            throw ServiceError.wrongType(path(of: name), actual: node.kind, expected: "a string")
        }
        return text
    }

    /// One of an enumeration's words.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, default fallback: Choice
    ) throws -> Choice where Choice.RawValue == String {
        guard let text = try string(name) else { return fallback }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw ServiceError.outOfRange(path(of: name), actual: "'\(text.prefix(64))'", expected: "one of \(known)")
        }
        return choice
    }

    /// The elements of an array of objects.
    func objects(_ name: String, limit: Int) throws -> [(node: JSONNode, path: String)]? {
        guard let node = self[name] else { return nil }
        let path = path(of: name)
        switch node {
        case .array(let elements):
            guard elements.count <= limit else {
                throw ServiceError.impossible(
                    "too_many_rows", "'\(path)' has \(elements.count) entries; the limit is \(limit).", path)
            }
            return elements.enumerated().map { ($1, "\(path)[\($0)]") }
        case .floats(let block) where block.extents[0] == 0: return []
        case .floats: throw ServiceError.wrongType("\(path)[0]", actual: "no object", expected: "an object")
        default: throw ServiceError.wrongType(path, actual: node.kind, expected: "an array")
        }
    }

    private static func actual(_ node: JSONNode) -> String {
        if case .number(let value) = node { "\(value)" } else { node.kind }
    }
}
