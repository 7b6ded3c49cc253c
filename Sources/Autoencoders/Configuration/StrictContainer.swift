import Foundation

/// Decodes an object whose keys are all known: a misspelt setting is an error, not a default.
struct StrictContainer {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private let container: KeyedDecodingContainer<Key>

    init(_ decoder: any Decoder, allowed: [String]) throws {
        container = try decoder.container(keyedBy: Key.self)
        for key in container.allKeys where !allowed.contains(key.stringValue) {
            throw ConfigurationError(
                field: Self.path(container.codingPath + [key]), actual: "an unknown field",
                expected: "one of \(allowed.joined(separator: ", "))")
        }
    }

    func required<Value: Decodable>(_ name: String, _ type: Value.Type = Value.self) throws -> Value {
        try located(name) { try container.decode(Value.self, forKey: Key(name)) }
    }

    func optional<Value: Decodable>(_ name: String, _ type: Value.Type = Value.self) throws -> Value? {
        try located(name) { try container.decodeIfPresent(Value.self, forKey: Key(name)) }
    }

    /// Names the field where the decoder does not: a number beyond its type is an error without a path.
    private func located<Value>(_ name: String, _ decode: () throws -> Value) throws -> Value {
        do {
            return try decode()
        } catch let error where !(error is DecodingError || error is ConfigurationError) {
            throw ConfigurationError(
                field: Self.path(container.codingPath + [Key(name)]), actual: "a number that does not fit",
                expected: "a whole number in range")
        }
    }

    static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }
}

extension ConfigurationError {
    /// Says what a decoding error means in terms of the field.
    init(_ error: any Error) {
        switch error {
        case let error as ConfigurationError: self = error
        case DecodingError.keyNotFound(let key, let context):
            self.init(
                field: Self.path(context.codingPath + [key]), actual: "missing", expected: "a value")
        case DecodingError.typeMismatch(let type, let context):
            self.init(
                field: Self.path(context.codingPath), actual: "of another type",
                expected: Self.typeNames["\(type)"] ?? "\(type)")
        case DecodingError.valueNotFound(_, let context):
            self.init(field: Self.path(context.codingPath), actual: "null", expected: "a value")
        case DecodingError.dataCorrupted(let context):
            self.init(
                field: Self.path(context.codingPath), actual: "not readable", expected: "valid JSON in range")
        default: self.init(field: "configuration", actual: "not readable", expected: "a JSON object")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.isEmpty ? "configuration" : StrictContainer.path(keys)
    }

    private static let typeNames = [
        "Int": "an integer", "Double": "a number", "Float": "a number", "String": "a string", "Bool": "true or false",
        "Array<Any>": "an array", "Dictionary<String, Any>": "an object",
    ]
}
