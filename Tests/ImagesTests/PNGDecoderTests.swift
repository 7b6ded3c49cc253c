import Foundation
import Images
import Testing

@Suite struct PNGDecoderTests {
    @Test(arguments: PNGFixtures.shared.cases)
    func everyColourTypeAndBitDepthIsReadRightly(_ fixture: PNGFixtures.Case) throws {
        let image = try PNGDecoder.decode(fixture.bytes)
        #expect(image.width == fixture.width)
        #expect(image.height == fixture.height)
        #expect(image.channels == fixture.channels)
        #expect(image.bitDepth.rawValue == fixture.bitDepth)
        #expect(image.samples == fixture.samples)
    }

    @Test func aCutFileIsRefusedAtEveryLength() throws {
        let fixture = try #require(PNGFixtures.shared.cases.first { $0.name == "rgba-16-interlaced" })
        for length in 0..<fixture.bytes.count {
            let cut = Array(fixture.bytes.prefix(length))
            #expect(throws: length < 8 ? PNGError.notPNG : .truncated) { try PNGDecoder.decode(cut) }
        }
    }

    /// Every flipped bit is either refused or harmless; none may trap or change the image's size.
    @Test(arguments: ["palette-4-trns", "grey-16-interlaced", "rgba-8"])
    func flippedBitsNeverTrap(name: String) throws {
        let fixture = try #require(PNGFixtures.shared.cases.first { $0.name == name })
        for bit in 0..<fixture.bytes.count * 8 {
            var bytes = fixture.bytes
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            let limits = PNGLimits(width: 64, height: 64, pixels: 4096)
            do throws(PNGError) {
                let image = try PNGDecoder.decode(bytes, limits: limits)
                #expect(image.width == fixture.width && image.height == fixture.height)
            } catch {
                #expect(error != .outOfMemory)
            }
        }
    }

    @Test(arguments: [
        (PNGLimits(width: 6), PNGError.tooLarge(what: "width", actual: 7, limit: 6)),
        (PNGLimits(height: 4), PNGError.tooLarge(what: "height", actual: 5, limit: 4)),
        (PNGLimits(pixels: 34), PNGError.tooLarge(what: "pixels", actual: 35, limit: 34)),
    ])
    func limitsHoldBeforeDecoding(limits: PNGLimits, expected: PNGError) throws {
        #expect(throws: expected) { try PNGDecoder.decode(PNGFixtures.shared.cases[0].bytes, limits: limits) }
    }

    @Test func aHeaderOfHugeSidesIsRefused() throws {
        let bytes = PNGBuilder.png(width: 0x7FFF_FFFF, height: 0x7FFF_FFFF, chunks: [])
        #expect(throws: PNGError.tooLarge(what: "width", actual: 0x7FFF_FFFF, limit: 16_384)) {
            try PNGDecoder.decode(bytes)
        }
        let zero = PNGBuilder.png(width: 0, height: 5, chunks: [])
        #expect(throws: PNGError.corrupt(reason: "its header says 0x5 pixels")) { try PNGDecoder.decode(zero) }
    }

    /// 2 MiB of text or profile in 2 KiB of file, more than libpng is allowed to inflate: skipped, not inflated.
    @Test(arguments: ["zTXt", "iCCP", "iTXt"])
    func aCompressedTextBombIsSkipped(kind: String) throws {
        let bomb = Array("bomb".utf8) + (kind == "iTXt" ? [0, 1, 0, 0, 0] : [0, 0])
        let data = try bomb + PNGBuilder.zlib([UInt8](repeating: 0x20, count: 2 << 20))
        let bytes = try PNGBuilder.png(
            width: 1, height: 1, chunks: [(kind, data), ("IDAT", PNGBuilder.zlib([0, 42]))])
        #expect(try PNGDecoder.decode(bytes).samples == [42])
    }

    /// More pixels come out of the data than the header says: only the header's are ever made.
    @Test func aPixelBombIsCutOff() throws {
        let data = try PNGBuilder.zlib([UInt8](repeating: 0, count: 2 << 20))
        let bytes = PNGBuilder.png(width: 2, height: 2, chunks: [("IDAT", data)])
        if let image = try? PNGDecoder.decode(bytes) { #expect(image.samples == [0, 0, 0, 0]) }
    }

    @Test func thousandsOfChunksAreSkipped() throws {
        let texts = (0..<20_000).map { _ in ("tEXt", Array("k\u{0}v".utf8)) }
        let bytes = try PNGBuilder.png(
            width: 1, height: 1, chunks: texts + [("IDAT", PNGBuilder.zlib([0, 7]))])
        #expect(try PNGDecoder.decode(bytes).samples == [7])
    }

    @Test func damagedPixelsAreRefused() throws {
        let bytes = PNGBuilder.png(width: 3, height: 3, chunks: [("IDAT", [1, 2, 3, 4, 5, 6])])
        let error = #expect(throws: PNGError.self) { try PNGDecoder.decode(bytes) }
        guard case .corrupt = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func otherFilesAreNoPNG() {
        for text in ["", "GIF89a", "\u{89}PNG", String(repeating: "x", count: 100)] {
            #expect(throws: PNGError.notPNG) { try PNGDecoder.decode(Array(text.utf8)) }
        }
    }
}
