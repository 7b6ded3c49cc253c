/// CRC-32 as in IEEE 802.3, zlib and PNG: finds every flipped bit and every damaged run of up to 32 bits.
struct CyclicRedundancyCheck {
    private var state: UInt32 = .max

    /// Eight lower-case hexadecimal digits.
    var text: String {
        let digits = String(~state, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var state = state
        Self.tables.withUnsafeBufferPointer { tables in
            let whole = bytes.count & ~7
            for offset in stride(from: 0, to: whole, by: 8) {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                let bits = word ^ UInt64(state)
                state = 0
                for place in 0..<8 {
                    let byte = Int(truncatingIfNeeded: bits >> UInt64(8 * place)) & 0xFF
                    state ^= tables[(7 - place) * 256 + byte]
                }
            }
            for byte in bytes[whole...] { state = tables[Int((state ^ UInt32(byte)) & 0xFF)] ^ state >> 8 }
        }
        self.state = state
    }

    /// Eight tables of 256: number n has what a byte makes of the state when n more bytes, all zero, follow it. So eight
    /// bytes take eight look-ups that do not wait for one another.
    private static let tables: [UInt32] = {
        var tables: [UInt32] = []
        for byte: UInt32 in 0..<256 {
            var state = byte
            for _ in 0..<8 { state = state & 1 == 0 ? state >> 1 : 0xEDB8_8320 ^ (state >> 1) }
            tables.append(state)
        }
        for index in 256..<2048 {
            let shorter = tables[index - 256]
            tables.append(tables[Int(shorter & 0xFF)] ^ (shorter >> 8))
        }
        return tables
    }()
}
