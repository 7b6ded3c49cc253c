/// An IDX file's first bytes: its element type and dimensions.
///
/// The format is LeCun's: two zero bytes, a type code, the number of dimensions, and each dimension in four bytes,
/// highest first. The elements follow in row-major order.
public struct IDXHeader: Equatable, Sendable {
    /// The extents, outermost first, e.g. `[images, height, width]`.
    public let dimensions: [Int]
    /// The number of elements, which are one byte each.
    public let elementCount: Int

    /// The header's own size in bytes.
    public var byteCount: Int { 4 + 4 * dimensions.count }

    /// The size of a header that begins with these four bytes.
    ///
    /// Throws `wrongMagic`, `unsupportedElementType` or `wrongRank`.
    static func byteCount(magic: some Collection<UInt8>, file: String, ranks: ClosedRange<Int>) throws(IDXError) -> Int
    {
        let bytes = Array(magic)
        guard bytes.count == 4, bytes[0] == 0, bytes[1] == 0, let type = IDXElementType(rawValue: bytes[2]) else {
            let expected = ranks.count == 1 ? "00 00 08 0\(ranks.lowerBound)" : "00 00 08 and the number of dimensions"
            throw .wrongMagic(file: file, expected: expected, actual: Self.text(bytes))
        }
        guard type == .unsignedByte else {
            throw .unsupportedElementType(file: file, expected: .unsignedByte, actual: type)
        }
        let rank = Int(bytes[3])
        guard ranks.contains(rank) else { throw .wrongRank(file: file, expected: ranks, actual: rank) }
        return 4 + 4 * rank
    }

    /// Reads a whole header. Throws `wrongMagic`, `unsupportedElementType`, `wrongRank`, `truncated` or `tooLarge`.
    public init(bytes: [UInt8], file: String, ranks: ClosedRange<Int>, limit: Int) throws(IDXError) {
        let byteCount = try Self.byteCount(magic: bytes.prefix(4), file: file, ranks: ranks)
        guard bytes.count >= byteCount else { throw .truncated(file: file, expected: byteCount, actual: bytes.count) }
        var dimensions: [Int] = []
        for start in stride(from: 4, to: byteCount, by: 4) {
            dimensions.append(bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) })
        }
        var count = 1
        var overflowed = false
        for extent in dimensions {
            let product = count.multipliedReportingOverflow(by: extent)
            overflowed = overflowed || product.overflow
            count = product.partialValue
        }
        guard !overflowed, count <= limit else {
            throw .tooLarge(file: file, dimensions: dimensions, bytes: overflowed ? nil : count, limit: limit)
        }
        self.dimensions = dimensions
        elementCount = count
    }

    private static func text(_ bytes: [UInt8]) -> String {
        guard !bytes.isEmpty else { return "nothing" }
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
}
