/// Why some bytes are not the JSON that is accepted here, and where.
struct JSONSyntaxError: Error, Equatable, CustomStringConvertible {
    let reason: Reason
    /// The byte at which the reason was found, from 0.
    let offset: Int
    /// The value in which that is, such as `latents[3]`, where it is known.
    var path: String?

    /// The most steps that a path has.
    static let maximumPathLength = 8

    enum Reason: Equatable {
        case unexpectedEnd
        case unexpectedByte(UInt8, expected: String)
        case trailingContent
        case tooDeep(limit: Int)
        case duplicateKey(String)
        case controlCharacter
        case invalidEscape
        case loneSurrogate
        case invalidUTF8
        case malformedNumber
        case numberTooLong(limit: Int)
        case numberOutOfRange
        case tooManyValues(limit: Int)
    }

    func located(at path: String?) -> JSONSyntaxError { JSONSyntaxError(reason: reason, offset: offset, path: path) }

    var description: String {
        if reason == .unexpectedEnd, offset == 0 { return "The body is empty; expected JSON." }
        let place = path.map { " in '\($0)'" } ?? ""
        return "The body is not valid JSON: \(reason)\(place) at byte \(offset)."
    }
}

extension JSONSyntaxError.Reason: CustomStringConvertible {
    var description: String {
        switch self {
        case .unexpectedEnd: "it ends early"
        case .unexpectedByte(let byte, let expected):
            "\(Self.name(byte)) stands where \(expected) should"
        case .trailingContent: "something follows the value"
        case .tooDeep(let limit): "it is nested deeper than \(limit) levels"
        case .duplicateKey(let key): "the key '\(key)' comes twice in one object"
        case .controlCharacter: "a string holds an unescaped control character"
        case .invalidEscape: "a string holds an escape that does not exist"
        case .loneSurrogate: "a string holds half of a surrogate pair"
        case .invalidUTF8: "a string is not UTF-8"
        case .malformedNumber: "a number is malformed"
        case .numberTooLong(let limit): "a number is longer than \(limit) characters"
        case .numberOutOfRange: "a number is too large"
        case .tooManyValues(let limit): "it holds more than \(limit) values that are not numbers of a regular array"
        }
    }

    private static func name(_ byte: UInt8) -> String {
        (0x21...0x7E).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    }
}
