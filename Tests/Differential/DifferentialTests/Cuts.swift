/// Ways to cut an input, as a network does.
enum Cuts {
    /// Every cut in two, and one byte each. A long input is cut where it matters: near its ends.
    static func all(_ bytes: [UInt8]) -> [[[UInt8]]] {
        let places = bytes.indices.filter { bytes.count < 400 || $0 < 60 || $0 > bytes.count - 60 }
        return places.map { [Array(bytes[..<$0]), Array(bytes[$0...])] } + [bytes.map { [$0] }]
    }

    /// Pieces of up to 40 bytes.
    static func some(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(random.number(1...40))
            pieces.append(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }
}
