import Images
import Testing

@Suite struct PNGEncoderTests {
    @Test(arguments: 1...4, [PixelImage.BitDepth.eight, .sixteen])
    func whatIsEncodedComesBack(channels: Int, bitDepth: PixelImage.BitDepth) throws {
        let samples = (0..<13 * 9 * channels).map { UInt16(truncatingIfNeeded: $0 &* 40_503) & bitDepth.maximum }
        let image = try PixelImage(width: 13, height: 9, channels: channels, bitDepth: bitDepth, samples: samples)
        for compression in [PNGEncoder.Compression.fast, .balanced, .small] {
            let bytes = try PNGEncoder.encode(image, compression: compression)
            #expect(try PNGDecoder.decode(bytes) == image)
            #expect(try PNGEncoder.encode(image, compression: compression) == bytes)
        }
    }

    @Test func aLargeImageGrowsItsOutput() throws {
        var state: UInt32 = 1
        let samples = (0..<600 * 500).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt16(state >> 24)
        }
        let image = try PixelImage(width: 600, height: 500, channels: 1, samples: samples)
        let bytes = try PNGEncoder.encode(image)
        #expect(bytes.count > 290_000)
        #expect(try PNGDecoder.decode(bytes) == image)
    }
}
