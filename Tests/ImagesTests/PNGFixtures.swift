import Foundation
import Images
import Testing

/// What Fixtures/make_png_fixtures.py wrote.
struct PNGFixtures: Decodable, Sendable {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let png: Data
        let width: Int
        let height: Int
        let channels: Int
        let bitDepth: Int
        let samples: [UInt16]

        var bytes: [UInt8] { Array(png) }
        var testDescription: String { name }
    }

    struct Pillow: Decodable, Sendable {
        let width: Int
        let height: Int
        let rgb: [UInt8]
        let grey: [UInt8]
        /// By filter and size, e.g. `box-4x3`.
        let resized: [String: [UInt8]]
    }

    let cases: [Case]
    let pillow: Pillow

    static let shared: PNGFixtures = {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Fixtures/png.json")
        do {
            return try decoder.decode(PNGFixtures.self, from: Data(contentsOf: file))
        } catch {
            Issue.record("The fixtures cannot be read: \(error)")
            return PNGFixtures(cases: [], pillow: Pillow(width: 1, height: 1, rgb: [], grey: [], resized: [:]))
        }
    }()
}

/// Makes PNGs that no encoder would write.
enum PNGBuilder {
    /// An 8-bit grey PNG of the given chunks between its header and its end.
    static func png(width: UInt32, height: UInt32, chunks: [(kind: String, data: [UInt8])]) -> [UInt8] {
        var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        bytes += chunk("IHDR", number(width) + number(height) + [8, 0, 0, 0, 0])
        for (kind, data) in chunks { bytes += chunk(kind, data) }
        return bytes + chunk("IEND", [])
    }

    static func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(kind.utf8) + data
        return number(UInt32(data.count)) + body + number(crc32(body))
    }

    /// A zlib stream, made of a gzip stream's deflated part; a few kilobytes for megabytes of one value.
    static func zlib(_ bytes: [UInt8]) throws -> [UInt8] {
        let deflated = try Gzip.deflate(bytes, level: 9).dropFirst(10).dropLast(8)
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return [0x78, 0xDA] + deflated + number(high << 16 | low)
    }

    private static func number(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
    }
}
