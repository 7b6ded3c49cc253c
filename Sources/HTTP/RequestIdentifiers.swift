/// Makes request identifiers: 5 characters of the server's start, then a counter; 15 in all, which Swift stores
/// without an allocation.
struct RequestIdentifiers {
    private let prefix: [UInt8]
    private var counter: UInt64 = 0
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    init() {
        prefix = (0..<5).map { _ in Self.alphabet[Int.random(in: 0..<32)] }
    }

    mutating func next() -> String {
        counter &+= 1
        return String(unsafeUninitializedCapacity: 15) { buffer in
            for index in 0..<5 { buffer[index] = prefix[index] }
            var left = counter
            for index in stride(from: 14, through: 5, by: -1) {
                buffer[index] = Self.alphabet[Int(left & 31)]
                left >>= 5
            }
            return 15
        }
    }
}
