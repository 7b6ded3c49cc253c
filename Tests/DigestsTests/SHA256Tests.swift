import Digests
import Foundation
import Testing

@Suite struct SHA256Tests {
    /// FIPS 180-4's examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func knownAnswers(text: String, expected: String) throws {
        #expect(try SHA256.hash(text).hexadecimal == expected)
    }

    @Test func piecesGiveTheDigestOfTheWhole() throws {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var digest = try SHA256()
        var start = 0
        for size in [0, 1, 63, 64, 65, 4096, 95_711] {
            try digest.update(Array(bytes[start..<start + size]))
            start += size
        }
        #expect(start == bytes.count)
        #expect(try digest.finish() == SHA256.hash(bytes))
    }

    @Test func aFileHasTheDigestOfItsContent() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("digest-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let bytes = (0..<600_001).map { UInt8(truncatingIfNeeded: $0) }
        try Data(bytes).write(to: file)
        #expect(try SHA256.hash(contentsOf: file) == SHA256.hash(bytes))
    }

    @Test func aMissingFileIsNamed() {
        #expect(throws: DigestError.unreadable(file: "no-such-file", reason: "No such file or directory")) {
            try SHA256.hash(contentsOf: URL(fileURLWithPath: "/nowhere/no-such-file"))
        }
    }

    @Test func hexadecimalIsReadBack() throws {
        let digest = try SHA256.hash("abc")
        #expect(SHA256Digest(hexadecimal: digest.hexadecimal) == digest)
        #expect(SHA256Digest(hexadecimal: digest.hexadecimal.uppercased()) == digest)
    }

    @Test(arguments: [
        "", "ab", String(repeating: "g", count: 64), String(repeating: "a", count: 65),
        "+" + String(repeating: "0", count: 63),
    ])
    func otherTextIsNoDigest(text: String) {
        #expect(SHA256Digest(hexadecimal: text) == nil)
    }
}
