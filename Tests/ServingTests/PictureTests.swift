import Foundation
import HTTP
import Images
import Testing

@testable import Serving

/// Many pictures in one request, which several threads read.
@Suite struct PictureTests {
    private let daemon: TestDaemon

    init() throws { daemon = try TestDaemon() }

    /// Of the model `tiny`, each another one.
    private func picture(_ index: Int) throws -> String {
        let bytes = (0..<16).map { UInt8(($0 * 16 + index * 7) % 256) }
        let png = try PNGEncoder.encode(try PixelImage(width: 4, height: 4, channels: 1, bytes: bytes))
        return "{\"png\":\"\(Data(png).base64EncodedString())\"}"
    }

    private func encode(_ images: [String]) -> Response {
        daemon.post("/v1/models/tiny/encode", "{\"images\":[\(images.joined(separator: ","))]}")
    }

    @Test(arguments: [1, 8, 9, 100]) func manyAreReadInTheirOrder(count: Int) throws {
        let pictures = try (0..<count).map(picture)
        let together = try encode(pictures).floats("mean")
        #expect(together.shape == [count, 2])
        #expect(try together.values == pictures.flatMap { try encode([$0]).floats("mean").values })
    }

    @Test func rowsOfNumbersMayStandBetween() throws {
        let rows = "[" + Array(repeating: "[0, 0.2, 0.4, 1]", count: 4).joined(separator: ",") + "]"
        let mixed = try (0..<40).map { $0 % 3 == 0 ? rows : try picture($0) }
        #expect(try encode(mixed).floats("mean").values == mixed.flatMap { try encode([$0]).floats("mean").values })
    }

    /// Whoever reads faster: the first that is wrong is told of.
    @Test func theFirstWrongOneIsNamed() throws {
        let small = try PNGEncoder.encode(try PixelImage(width: 1, height: 1, channels: 1, bytes: [0]))
        let wrongOnes = [
            ("{\"png\":\"***\"}", "invalid_base64", ".png"), ("{\"png\":\"AAAA\"}", "invalid_png", ".png"),
            ("{\"png\":\"\(Data(small).base64EncodedString())\"}", "image_shape_mismatch", ".png"),
            ("{\"pgn\":\"\"}", "unknown_field", ".pgn"), ("7", "wrong_type", ""),
        ]
        let right = try (0..<100).map(picture)
        for round in 0..<30 {
            let places = [3, 21, 50, 77, 98].map { $0 - round % 3 }
            var images = right
            for (place, wrong) in zip(places, wrongOnes.indices) {
                images[place] = wrongOnes[(wrong + round) % wrongOnes.count].0
            }
            let first = wrongOnes[round % wrongOnes.count]
            let failure = encode(images).failure
            #expect(failure.code == first.1 && failure.parameter == "images[\(places[0])]\(first.2)", "\(failure)")
        }
    }

    @Test func base64IsReadAsFoundationWritesIt() {
        var bytes: [UInt8] = []
        for length in 0..<600 {
            #expect(Base64.decode(Data(bytes).base64EncodedString()) == bytes)
            bytes.append(UInt8(truncatingIfNeeded: length &* 167 &+ length >> 3))
        }
    }

    @Test func nothingElseIsBase64() {
        for text in [
            "Q", "QQ", "QQ=", "Q===", "====", "=QUJ", "QU=D", "QQ==QUJD", "QUJD\n", "QUJ ", "QUJé", "QU-_", "QUI\u{0}",
        ] {
            #expect(Base64.decode(text) == nil, "\(text)")
        }
        for byte in UInt8.min...0x7F where byte != 0x3D {
            let text = "QU\(Character(Unicode.Scalar(byte)))D"
            #expect(Base64.decode(text) == Data(base64Encoded: text).map(Array.init), "\(byte)")
        }
    }
}
