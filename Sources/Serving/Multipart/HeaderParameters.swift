/// A header field's value that is a word with parameters: `form-data; name="train"; filename="3/a.png"` (RFC 9110 §5.6.6).
struct HeaderParameters: Equatable {
    /// In lower case.
    let word: String
    /// By their names in lower case.
    private(set) var parameters: [String: String] = [:]

    subscript(name: String) -> String? { parameters[name] }

    /// Nil where it is none, where a parameter is there twice, or where a value is no UTF-8.
    init?(_ bytes: some Collection<UInt8>) {
        var rest = Array(bytes)[...]
        word = String(decoding: Self.take(from: &rest) { $0 != 0x3B }, as: UTF8.self).trimmingSpaces().lowercased()
        guard !word.isEmpty else { return nil }
        while !rest.isEmpty {
            rest.removeFirst()  // the semicolon
            Self.skipSpaces(&rest)
            let name = String(decoding: Self.take(from: &rest, while: Self.isToken), as: UTF8.self).lowercased()
            guard !name.isEmpty, rest.popFirst() == 0x3D, let value = Self.value(&rest), parameters[name] == nil else {
                return nil
            }
            parameters[name] = value
            Self.skipSpaces(&rest)
            guard rest.isEmpty || rest.first == 0x3B else { return nil }
        }
    }

    private static func value(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard rest.first == 0x22 else {
            let token = take(from: &rest, while: isToken)
            return token.isEmpty ? nil : String(validating: token, as: UTF8.self)
        }
        rest.removeFirst()
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == 0x22 { return String(validating: value, as: UTF8.self) }
            // Only what has to be escaped is: some clients send the backslashes of a path as they are.
            if byte == 0x5C, let next = rest.first, next == 0x22 || next == 0x5C {
                value.append(next)
                rest.removeFirst()
            } else {
                value.append(byte)
            }
        }
        return nil
    }

    private static func take(
        from rest: inout ArraySlice<UInt8>, while belongs: (UInt8) -> Bool
    ) -> ArraySlice<UInt8> {
        let taken = rest.prefix(while: belongs)
        rest = rest[taken.endIndex...]
        return taken
    }

    private static func skipSpaces(_ rest: inout ArraySlice<UInt8>) {
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
    }

    /// RFC 9110 §5.6.2.
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
