import Images
import Testing

@Suite struct PixelImageTests {
    @Test func greyIsPillowsGrey() throws {
        let pillow = PNGFixtures.shared.pillow
        let image = try PixelImage(width: pillow.width, height: pillow.height, channels: 3, bytes: pillow.rgb)
        #expect(try image.converted(toChannels: 1).bytes == pillow.grey)
    }

    @Test(arguments: PixelImage.ResizeFilter.allCases, [(4, 3), (3, 6), (20, 13), (1, 1)])
    func resizingIsPillows(filter: PixelImage.ResizeFilter, size: (Int, Int)) throws {
        let pillow = PNGFixtures.shared.pillow
        let image = try PixelImage(width: pillow.width, height: pillow.height, channels: 1, bytes: pillow.grey)
        let expected = try #require(pillow.resized["\(filter.rawValue)-\(size.0)x\(size.1)"])
        let resized = try image.resized(width: size.0, height: size.1, filter: filter)
        // Pillow rounds between its two passes as well, so it may be off by one.
        for (actual, expected) in zip(resized.bytes, expected) { #expect(abs(Int(actual) - Int(expected)) <= 1) }
        #expect(resized.samples.count == expected.count)
    }

    struct Conversion: Sendable {
        let channels: Int
        let samples: [UInt16]
        let target: Int
        let expected: [UInt16]
        var bitDepth = PixelImage.BitDepth.eight
    }

    static let conversions: [Conversion] = [
        Conversion(channels: 1, samples: [7], target: 3, expected: [7, 7, 7]),
        Conversion(channels: 1, samples: [7], target: 4, expected: [7, 7, 7, 255]),
        Conversion(channels: 2, samples: [200, 0], target: 1, expected: [0]),
        Conversion(channels: 2, samples: [200, 128], target: 1, expected: [100]),
        Conversion(channels: 2, samples: [200, 255], target: 3, expected: [200, 200, 200]),
        Conversion(channels: 4, samples: [255, 255, 255, 51], target: 1, expected: [51]),
        Conversion(channels: 4, samples: [10, 20, 30, 40], target: 2, expected: [18, 40]),
        Conversion(channels: 3, samples: [255, 255, 255], target: 1, expected: [255]),
        Conversion(
            channels: 3, samples: [65_535, 65_535, 65_535], target: 1, expected: [65_535], bitDepth: .sixteen),
        Conversion(
            channels: 4, samples: [65_535, 0, 0, 32_768], target: 3, expected: [32_768, 0, 0], bitDepth: .sixteen),
    ]

    @Test(arguments: conversions)
    func channelsAreConverted(_ given: Conversion) throws {
        let image = try PixelImage(
            width: 1, height: 1, channels: given.channels, bitDepth: given.bitDepth, samples: given.samples)
        #expect(try image.converted(toChannels: given.target).samples == given.expected)
    }

    @Test func planesAreChannelsFirstAndKeepSixteenBits() throws {
        let image = try PixelImage(
            width: 2, height: 1, channels: 3, bitDepth: .sixteen, samples: [0, 1, 2, 65_535, 65_534, 3])
        let expected: [Float] = [0, 65_535, 1, 65_534, 2, 3].map { $0 / 65_535 }
        #expect(image.planes() == expected)
        #expect(
            try PixelImage(planes: image.planes(), channels: 3, height: 1, width: 2, bitDepth: .sixteen) == image)
    }

    @Test func everyByteSurvivesPlanes() throws {
        let image = try PixelImage(width: 16, height: 16, channels: 1, bytes: Array(0...255))
        #expect(try PixelImage(planes: image.planes(), channels: 1, height: 16, width: 16) == image)
    }

    @Test func floatsAreClampedAndRounded() throws {
        let floats: [Float] = [-3, -0.0, 0.001, 0.00197, 0.5, 0.999, 1, 7]
        let image = try PixelImage(planes: floats, channels: 1, height: 2, width: 4)
        #expect(image.samples == [0, 0, 0, 1, 128, 255, 255, 255])
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func whatIsNoNumberIsRefused(value: Float) {
        #expect(throws: ImageError.notANumber(index: 2)) {
            try PixelImage(planes: [0, 0, value], channels: 1, height: 1, width: 3)
        }
    }

    @Test func anImageIsNotMadeOfWrongParts() {
        #expect(throws: ImageError.wrongSampleCount(expected: 6, actual: 5)) {
            try PixelImage(width: 2, height: 3, channels: 1, samples: [1, 2, 3, 4, 5])
        }
        #expect(throws: ImageError.sampleOutOfRange(index: 1, value: 256, maximum: 255)) {
            try PixelImage(width: 2, height: 1, channels: 1, samples: [255, 256])
        }
        #expect(throws: ImageError.unusableChannels(5)) {
            try PixelImage(width: 1, height: 1, channels: 5, samples: [1, 2, 3, 4, 5])
        }
        for size in [(0, 1), (1, -1), (Int.max, 2)] {
            #expect(throws: ImageError.unusableSize(width: size.0, height: size.1)) {
                try PixelImage(width: size.0, height: size.1, channels: 1, samples: [])
            }
        }
    }

    @Test func resizingIsBounded() throws {
        let image = try PixelImage(width: 1, height: 1, channels: 1, samples: [9])
        #expect(throws: ImageError.tooManyPixels(pixels: 10_000, limit: 9_999)) {
            try image.resized(width: 100, height: 100, maximumPixels: 9_999)
        }
        #expect(throws: ImageError.unusableSize(width: 0, height: 4)) { try image.resized(width: 0, height: 4) }
    }
}
