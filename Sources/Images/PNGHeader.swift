/// What a PNG's first 33 bytes say: read without libpng, so that limits hold before it is asked anything.
public struct PNGHeader: Equatable, Sendable {
    public let width: Int
    public let height: Int
    /// Bits a sample as stored: 1, 2, 4, 8 or 16.
    public let bitDepth: Int
    /// PNG's own code: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.
    public let colorType: Int
    public let isInterlaced: Bool

    private static let beginning: [UInt8] = [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52,
    ]

    /// Throws `PNGError.notPNG`, `.truncated` or, for sides of 0 or more than 31 bits, `.corrupt`.
    public init(_ bytes: [UInt8]) throws(PNGError) {
        guard bytes.count >= 8, bytes.starts(with: Self.beginning.prefix(8)) else { throw .notPNG }
        guard bytes.count >= 33 else { throw .truncated }
        guard bytes.starts(with: Self.beginning) else { throw .corrupt(reason: "its first chunk is not its header") }
        func number(_ start: Int) -> Int { bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
        width = number(16)
        height = number(20)
        guard (1...0x7FFF_FFFF).contains(width), (1...0x7FFF_FFFF).contains(height) else {
            throw .corrupt(reason: "its header says \(width)x\(height) pixels")
        }
        bitDepth = Int(bytes[24])
        colorType = Int(bytes[25])
        isInterlaced = bytes[28] != 0
    }

    /// Throws `PNGError.tooLarge` naming the first limit that the header breaks.
    public func check(_ limits: PNGLimits) throws(PNGError) {
        guard width <= limits.width else { throw .tooLarge(what: "width", actual: width, limit: limits.width) }
        guard height <= limits.height else { throw .tooLarge(what: "height", actual: height, limit: limits.height) }
        // Both sides have at most 31 bits, so the product fits.
        let pixels = width * height
        guard pixels <= limits.pixels else { throw .tooLarge(what: "pixels", actual: pixels, limit: limits.pixels) }
    }
}
