/// Reads the one dictionary that an NPY header may be: `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
struct NPYDictionary {
    private let text: ArraySlice<UInt8>
    private var place: Int

    init(_ text: ArraySlice<UInt8>) { (self.text, place) = (text, text.startIndex) }

    /// Each of the three keys exactly once, in any order, and nothing after the dictionary but blanks.
    mutating func read() throws(NPYError) -> (element: NPYHeader.Element, shape: [Int]) {
        var descr: String?
        var shape: [Int]?
        var isFortran: Bool?
        try expect("{")
        while !accept("}") {
            let start = place
            switch try string() {
            case "descr" where descr == nil:
                try expect(":")
                descr = try type()
            case "fortran_order" where isFortran == nil:
                try expect(":")
                isFortran = try bool()
            case "shape" where shape == nil:
                try expect(":")
                shape = try tuple()
            default:
                place = start
                throw wrong("each of the keys 'descr', 'fortran_order' and 'shape' once")
            }
            if accept(",") { continue }
            try expect("}")
            break
        }
        skipBlanks()
        guard place == text.endIndex else { throw wrong("the header's end") }
        guard let descr, let shape, let isFortran else {
            throw wrong("the keys 'descr', 'fortran_order' and 'shape'")
        }
        guard let element = NPYHeader.Element(rawValue: descr) else { throw .element("'\(descr)'") }
        guard !isFortran else { throw .fortranOrder }
        return (element, shape)
    }

    private mutating func type() throws(NPYError) -> String {
        skipBlanks()
        // Records are lists of fields.
        if place < text.endIndex, text[place] == UInt8(ascii: "[") { throw .element("a record of fields") }
        return try string()
    }

    /// A string in either quotes without escapes, which no plain type needs.
    private mutating func string() throws(NPYError) -> String {
        skipBlanks()
        guard place < text.endIndex, text[place] == UInt8(ascii: "'") || text[place] == UInt8(ascii: "\"") else {
            throw wrong("a quoted string")
        }
        let content = text[(place + 1)...]
        guard let end = content.firstIndex(of: text[place]), end - place <= 64,
            content[..<end].allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\\") })
        else { throw wrong("a short string of plain characters") }
        place = end + 1
        return String(decoding: content[..<end], as: UTF8.self)
    }

    private mutating func bool() throws(NPYError) -> Bool {
        skipBlanks()
        for (word, value) in [("False", false), ("True", true)] where text[place...].starts(with: word.utf8) {
            place += word.utf8.count
            return value
        }
        throw wrong("True or False")
    }

    /// A tuple of whole numbers; of one, it ends in a comma, as in Python.
    private mutating func tuple() throws(NPYError) -> [Int] {
        var extents: [Int] = []
        var hasComma = true
        try expect("(")
        while !accept(")") {
            guard hasComma else { throw wrong("a comma") }
            extents.append(try integer())
            hasComma = accept(",")
        }
        guard extents.count != 1 || hasComma else { throw wrong("a tuple") }
        return extents
    }

    private mutating func integer() throws(NPYError) -> Int {
        skipBlanks()
        let digits = text[place...].prefix { (0x30...0x39).contains($0) }
        guard (1...19).contains(digits.count), digits.count == 1 || digits.first != 0x30,
            let value = Int(String(decoding: digits, as: UTF8.self))
        else { throw wrong("a whole number") }
        place += digits.count
        return value
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard place < text.endIndex, text[place] == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(NPYError) {
        guard accept(character) else { throw wrong("'\(character)'") }
    }

    private mutating func skipBlanks() {
        while place < text.endIndex, text[place] == 0x20 || text[place] == 0x0A { place += 1 }
    }

    private func wrong(_ expected: String) -> NPYError {
        .syntax(offset: place - text.startIndex, expected: expected)
    }
}
