/// A line of what was sent, without its CR LF. In a body, a line is what looks like one.
struct Line: Equatable {
    var bytes: [UInt8]

    static func split(_ bytes: [UInt8]) -> [Line] {
        var lines = [Line(bytes: [])]
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x0D, index + 1 < bytes.count, bytes[index + 1] == 0x0A {
                lines.append(Line(bytes: []))
                index += 2
            } else {
                lines[lines.count - 1].bytes.append(bytes[index])
                index += 1
            }
        }
        return lines
    }

    static func join(_ lines: [Line]) -> [UInt8] { Array(lines.map(\.bytes).joined(separator: [0x0D, 0x0A])) }

    private var colon: Int? { bytes.firstIndex(of: 0x3A) }

    /// Whether it is a legal field line (RFC 9112 §5): nothing that breaks the grammar is ever excused.
    var isField: Bool {
        guard let colon, colon > 0 else { return false }
        return bytes[..<colon].allSatisfy(Alphabet.token.contains) && bytes[colon...].allSatisfy(isText)
    }

    func isField(_ names: [String]) -> Bool {
        guard isField, let colon else { return false }
        let name = lowercased(bytes[..<colon])
        return names.contains { Array($0.utf8) == name }
    }

    /// What is after the colon, without the white space around it.
    var value: [UInt8] {
        guard let colon else { return [] }
        return Array(withoutTrailingSpace.bytes.dropFirst(colon + 1).drop(while: isSpace))
    }

    var withoutTrailingSpace: Line {
        Line(bytes: Array(bytes.reversed().drop(while: isSpace).reversed()))
    }

    /// The line of a chunk's size without its extensions; nil if it is none, or has a control byte.
    var chunkSize: Line? {
        let digits = bytes.prefix { byte in Array("0123456789abcdefABCDEF".utf8).contains(byte) }
        let rest = bytes.dropFirst(digits.count)
        guard !digits.isEmpty, rest.first ?? 0x3B == 0x3B, rest.allSatisfy(isText) else { return nil }
        return Line(bytes: Array(digits))
    }
}

func lowercased(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    bytes.map { byte in (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}

private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
private func isText(_ byte: UInt8) -> Bool { byte == 0x09 || byte >= 0x20 && byte != 0x7F }
