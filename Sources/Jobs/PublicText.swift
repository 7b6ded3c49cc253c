/// Makes text from a child fit to be shown to clients: no paths, no control characters, not long.
enum PublicText {
    /// One line of at most `limit` characters.
    static func sentence(_ text: String, limit: Int = 500) -> String {
        let words = text.split(whereSeparator: { $0.isWhitespace }).map { word in
            withoutFolders(String(String.UnicodeScalarView(word.unicodeScalars.filter { !isControl($0) })))
        }
        let line = words.joined(separator: " ")
        return line.count > limit ? line.prefix(limit - 1) + "…" : line
    }

    /// The last lines of a log, joined into one; nil when there are none.
    static func lastLines(_ bytes: [UInt8], count: Int = 3) -> String? {
        let lines = bytes.split(separator: 0x0A).map { sentence(String(decoding: $0, as: UTF8.self)) }
        let last = lines.filter { !$0.isEmpty }.suffix(count)
        return last.isEmpty ? nil : sentence(last.joined(separator: " | "))
    }

    /// Cuts an absolute path in a word down to its last part: `'/srv/state/a.txt'` becomes `'a.txt'`.
    private static func withoutFolders(_ word: String) -> String {
        guard let start = word.indices.first(where: { isPathStart($0, in: word) }),
            let last = word.lastIndex(of: "/")
        else { return word }
        return String(word[..<start] + word[word.index(after: last)...])
    }

    /// A slash begins a path unless it stands in a word, as in `images/s`.
    private static func isPathStart(_ index: String.Index, in word: String) -> Bool {
        guard word[index] == "/" else { return false }
        guard index > word.startIndex else { return word.count > 1 }
        let previous = word[word.index(before: index)]
        return !previous.isLetter && !previous.isNumber && previous != "." && previous != "_"
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }
}
