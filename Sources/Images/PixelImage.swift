/// A picture in memory: rows from top to bottom, pixels from left to right, each pixel's channels together.
public struct PixelImage: Equatable, Sendable {
    /// How finely brightness is told apart.
    public enum BitDepth: Int, Sendable {
        case eight = 8
        case sixteen = 16

        /// The sample that means 1.0: 255 or 65,535.
        public var maximum: UInt16 { self == .eight ? 255 : 65_535 }
    }

    public let width: Int
    public let height: Int
    /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha (not premultiplied).
    public let channels: Int
    public let bitDepth: BitDepth
    /// `[height, width, channels]`, each 0...`bitDepth.maximum`.
    public let samples: [UInt16]

    public var pixelCount: Int { width * height }
    /// Whether the last channel is alpha.
    public var hasAlpha: Bool { channels == 2 || channels == 4 }

    /// Makes an image of samples laid out `[height, width, channels]`.
    ///
    /// Throws `ImageError.unusableSize`, `.unusableChannels`, `.wrongSampleCount` or `.sampleOutOfRange`.
    public init(
        width: Int, height: Int, channels: Int, bitDepth: BitDepth = .eight, samples: [UInt16]
    ) throws(ImageError) {
        let expected = try Self.sampleCount(width: width, height: height, channels: channels)
        guard samples.count == expected else { throw .wrongSampleCount(expected: expected, actual: samples.count) }
        if bitDepth == .eight, let index = samples.firstIndex(where: { $0 > 255 }) {
            throw .sampleOutOfRange(index: index, value: Int(samples[index]), maximum: 255)
        }
        self.init(unchecked: samples, width: width, height: height, channels: channels, bitDepth: bitDepth)
    }

    /// Makes an 8-bit image of bytes laid out `[height, width, channels]`. Throws as the other initialiser does.
    public init(width: Int, height: Int, channels: Int, bytes: [UInt8]) throws(ImageError) {
        try self.init(width: width, height: height, channels: channels, samples: bytes.map(UInt16.init))
    }

    /// For code of this module that has counted already.
    init(unchecked samples: [UInt16], width: Int, height: Int, channels: Int, bitDepth: BitDepth) {
        self.width = width
        self.height = height
        self.channels = channels
        self.bitDepth = bitDepth
        self.samples = samples
    }

    /// The samples as bytes; those of a 16-bit image are rounded to the nearest of 255 steps.
    public var bytes: [UInt8] {
        switch bitDepth {
        case .eight: samples.map { UInt8(truncatingIfNeeded: $0) }
        case .sixteen: samples.map { UInt8((UInt32($0) * 255 + 32_767) / 65_535) }
        }
    }

    static func sampleCount(width: Int, height: Int, channels: Int) throws(ImageError) -> Int {
        guard (1...4).contains(channels) else { throw .unusableChannels(channels) }
        let pixels = width.multipliedReportingOverflow(by: height)
        let samples = pixels.partialValue.multipliedReportingOverflow(by: channels)
        guard width > 0, height > 0, !pixels.overflow, !samples.overflow else {
            throw .unusableSize(width: width, height: height)
        }
        return samples.partialValue
    }
}
