import Foundation
import Images
import Testing

@Suite struct IDXTests {
    static let sound: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]

    @Test(arguments: [false, true])
    func aSoundFileIsRead(gzipped: Bool) throws {
        let file = try IDXFile(bytes: gzipped ? Gzip.deflate(Self.sound) : Self.sound, name: "f")
        #expect(file.dimensions == [2, 1, 3])
        #expect(file.elements == [1, 2, 3, 4, 5, 6])
        #expect(file.bytes == Self.sound)
    }

    @Test func itIsReadFromDiskAndItsHeaderAlone() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("idx-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: path) }
        let elements = (0..<1_000_000).map { UInt8(truncatingIfNeeded: ($0 &* $0) >> 7) }
        let file = try IDXFile(dimensions: [1000, 40, 25], elements: elements)
        for stored in [file.bytes, try Gzip.deflate(file.bytes)] {
            try Data(stored).write(to: path)
            #expect(try IDXFile(contentsOf: path) == file)
            #expect(try IDXHeader(contentsOf: path).dimensions == [1000, 40, 25])
        }
    }

    struct Unsound: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let expected: IDXError
    }

    static let unsound: [Unsound] = [
        Unsound(
            testDescription: "empty", bytes: [],
            expected: .wrongMagic(
                file: "f", expected: "00 00 08 and the number of dimensions", actual: "nothing")),
        Unsound(
            testDescription: "wrong magic", bytes: Array("PK\u{3}\u{4}zip".utf8),
            expected: .wrongMagic(
                file: "f", expected: "00 00 08 and the number of dimensions", actual: "50 4b 03 04")),
        Unsound(
            testDescription: "floats", bytes: [0, 0, 0x0D, 1, 0, 0, 0, 0],
            expected: .unsupportedElementType(file: "f", expected: .unsignedByte, actual: .float32)),
        Unsound(
            testDescription: "no dimensions", bytes: [0, 0, 8, 0],
            expected: .wrongRank(file: "f", expected: 1...4, actual: 0)),
        Unsound(
            testDescription: "header cut short", bytes: Array(sound.prefix(9)),
            expected: .truncated(file: "f", expected: 16, actual: 9)),
        Unsound(
            testDescription: "elements cut short", bytes: Array(sound.dropLast()),
            expected: .truncated(file: "f", expected: 22, actual: 21)),
        Unsound(
            testDescription: "trailing bytes", bytes: sound + [7, 8],
            expected: .trailingBytes(file: "f", expected: 22, actual: 24)),
        Unsound(
            testDescription: "overflowing dimensions",
            bytes: [0, 0, 8, 4] + [UInt8](repeating: 0xFF, count: 16),
            expected: .tooLarge(
                file: "f", dimensions: [0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], bytes: nil, limit: 1 << 30)
        ),
        Unsound(
            testDescription: "huge dimensions", bytes: [0, 0, 8, 1, 0xFF, 0xFF, 0xFF, 0xFF],
            expected: .tooLarge(file: "f", dimensions: [0xFFFF_FFFF], bytes: 0xFFFF_FFFF, limit: 1 << 30)),
    ]

    @Test(arguments: unsound)
    func unsoundFilesAreToldApart(_ given: Unsound) throws {
        #expect(throws: given.expected) { try IDXFile(bytes: given.bytes, name: "f") }
    }

    /// Inside a whole gzip stream the same things are wrong in the same words.
    @Test(arguments: unsound)
    func theyAreToldApartInsideGzipToo(_ given: Unsound) throws {
        let stored = try Gzip.deflate(given.bytes)
        #expect(throws: given.expected) { try IDXFile(bytes: stored, name: "f") }
    }

    @Test func aGzipStreamThatBreaksOffIsNoShortFile() throws {
        let stored = try Gzip.deflate(Self.sound)
        #expect(throws: IDXError.truncatedGzip(file: "f", expected: 22, actual: 22)) {
            try IDXFile(bytes: Array(stored.dropLast(3)), name: "f")
        }
        #expect(throws: IDXError.truncatedGzip(file: "f", expected: nil, actual: 0)) {
            try IDXFile(bytes: Array(stored.prefix(10)), name: "f")
        }
    }

    @Test func aWrongChecksumIsToldWithBothSums() throws {
        var stored = try Gzip.deflate(Self.sound)
        let checksum = stored.count - 8
        let actual = stored[checksum..<checksum + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        stored[checksum] ^= 1
        #expect(throws: IDXError.checksumMismatch(file: "f", expected: actual ^ 1, actual: actual)) {
            try IDXFile(bytes: stored, name: "f")
        }
    }

    @Test func aFlippedBitIsNeverReadAsData() throws {
        let elements = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* $0) }
        let stored = try Gzip.deflate(IDXFile(dimensions: [5000], elements: elements).bytes)
        // Bytes 3...9 of the gzip header (flags, time, system) do not bear on the content.
        for position in stride(from: 10, to: stored.count, by: 3) {
            var flipped = stored
            flipped[position] ^= 1 << UInt8(position % 8)
            #expect(throws: IDXError.self) { try IDXFile(bytes: flipped, name: "f") }
        }
    }

    @Test func aFolderOrAMissingFileIsNamed() {
        #expect(throws: IDXError.unreadable(file: "tmp", reason: "not a regular file")) {
            try IDXFile(contentsOf: URL(fileURLWithPath: "/tmp"))
        }
        #expect(throws: IDXError.unreadable(file: "absent", reason: "No such file or directory")) {
            try IDXFile(contentsOf: URL(fileURLWithPath: "/nowhere/absent"))
        }
    }

    @Test func aFileIsNotMadeOfTheWrongNumberOfElements() {
        #expect(throws: IDXError.truncated(file: "IDX file", expected: 6, actual: 5)) {
            try IDXFile(dimensions: [2, 3], elements: [1, 2, 3, 4, 5])
        }
        #expect(throws: IDXError.tooLarge(file: "IDX file", dimensions: [-1], bytes: nil, limit: 0xFFFF_FFFF)) {
            try IDXFile(dimensions: [-1], elements: [])
        }
    }
}
