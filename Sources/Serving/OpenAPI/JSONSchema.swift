/// Pieces of JSON Schema (draft 2020-12) as JSON text: what the API's description is written in.
struct JSONSchema: Sendable {
    let json: String

    private init(_ members: String...) { json = "{" + members.filter { !$0.isEmpty }.joined(separator: ",") + "}" }

    /// One of `OpenAPIComponents.schemas`.
    static func named(_ name: String) -> JSONSchema { JSONSchema(##""$ref":"#/components/schemas/\##(name)""##) }

    static let boolean = JSONSchema(#""type":"boolean""#)
    static let anything = JSONSchema()
    static let string = JSONSchema(#""type":"string""#)
    static let number = JSONSchema(#""type":"number""#)
    static let binary = JSONSchema(#""type":"string","format":"binary""#)

    static func string(pattern: String) -> JSONSchema { JSONSchema(#""type":"string","pattern":\#(quoted(pattern))"#) }

    static func choice(_ names: [String], default fallback: String? = nil) -> JSONSchema {
        let list = names.map(quoted).joined(separator: ",")
        return JSONSchema(#""type":"string","enum":[\#(list)]"#, fallback.map { #""default":\#(quoted($0))"# } ?? "")
    }

    static func integer(_ range: ClosedRange<Int>, default fallback: Int? = nil) -> JSONSchema {
        JSONSchema(
            #""type":"integer","minimum":\#(range.lowerBound)"#,
            range.upperBound < .max ? #""maximum":\#(range.upperBound)"# : "",
            fallback.map { #""default":\#($0)"# } ?? "")
    }

    static func number(_ range: ClosedRange<Double>, default fallback: Double? = nil) -> JSONSchema {
        JSONSchema(
            #""type":"number","minimum":\#(range.lowerBound),"maximum":\#(range.upperBound)"#,
            fallback.map { #""default":\#($0)"# } ?? "")
    }

    static func array(
        _ items: JSONSchema, _ count: ClosedRange<Int>? = nil
    ) -> JSONSchema {
        JSONSchema(
            #""type":"array","items":\#(items.json)"#,
            count.map { #""minItems":\#($0.lowerBound)"# } ?? "",
            count.flatMap { $0.upperBound < .max ? #""maxItems":\#($0.upperBound)"# : nil } ?? "")
    }

    /// - Parameter closed: whether other members are refused, as in everything that is sent.
    static func object(
        _ members: KeyValuePairs<String, JSONSchema>, required: [String] = [], closed: Bool = false
    ) -> JSONSchema { object(members.map { ($0.key, $0.value) }, required: required, closed: closed) }

    static func object(
        _ members: [(String, JSONSchema)], required: [String] = [], closed: Bool = false
    ) -> JSONSchema {
        let list = members.map { "\(quoted($0.0)):\($0.1.json)" }.joined(separator: ",")
        return JSONSchema(
            #""type":"object","properties":{\#(list)}"#,
            required.isEmpty ? "" : #""required":[\#(required.map(quoted).joined(separator: ","))]"#,
            closed ? #""additionalProperties":false"# : "")
    }

    /// An object whose members all have the same form.
    static func dictionary(_ values: JSONSchema) -> JSONSchema {
        JSONSchema(#""type":"object","additionalProperties":\#(values.json)"#)
    }

    static func any(of schemas: JSONSchema...) -> JSONSchema {
        JSONSchema(#""anyOf":[\#(schemas.map(\.json).joined(separator: ","))]"#)
    }

    static func one(of schemas: JSONSchema...) -> JSONSchema {
        JSONSchema(#""oneOf":[\#(schemas.map(\.json).joined(separator: ","))]"#)
    }

    /// Or null, which is the same as nothing at all.
    var orNull: JSONSchema { .any(of: self, JSONSchema(#""type":"null""#)) }

    func described(_ text: String) -> JSONSchema {
        JSONSchema(String(json.dropFirst().dropLast()), #""description":\#(quoted(text))"#)
    }
}

/// A text as JSON.
func quoted(_ text: String) -> String {
    var writer = JSONWriter()
    writer.string(text)
    return String(decoding: writer.bytes, as: UTF8.self)
}
