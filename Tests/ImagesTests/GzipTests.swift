import Images
import Testing

@Suite struct GzipTests {
    @Test(arguments: [0, 1, 100, 70_000, 300_000])
    func whatIsDeflatedComesBack(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* $0) >> 5) }
        let stored = try Gzip.deflate(bytes)
        #expect(Gzip.isGzip(stored))
        #expect(try Gzip.inflate(stored, limit: count) == bytes)
    }

    @Test(arguments: [0, 1, 100, 70_000, 300_000])
    func zlibComesBackToo(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* $0) >> 5) }
        let limits = GzipLimits(bytes: count)
        let stored = try Gzip.deflate(bytes, format: .zlib)
        #expect(!Gzip.isGzip(stored))
        #expect(try Gzip.inflate(stored, limits: limits, format: .zlib) == bytes)
        #expect(throws: GzipError.trailingBytes) { try Gzip.inflate(stored + stored, limits: limits, format: .zlib) }
        #expect(throws: GzipError.truncated(inflated: count)) {
            try Gzip.inflate(Array(stored.dropLast()), limits: limits, format: .zlib)
        }
        var damaged = stored
        damaged[stored.count - 1] ^= 1
        #expect(throws: GzipError.corrupt(reason: "incorrect data check")) {
            try Gzip.inflate(damaged, limits: limits, format: .zlib)
        }
        #expect(throws: GzipError.self) { try Gzip.inflate(Gzip.deflate(bytes), limits: limits, format: .zlib) }
        #expect(throws: GzipError.truncated(inflated: 0)) { try Gzip.inflate([], limits: limits, format: .zlib) }
    }

    @Test func streamsOneAfterTheOtherAreOneContent() throws {
        let stored = try Gzip.deflate([1, 2]) + Gzip.deflate([3])
        #expect(try Gzip.inflate(stored, limit: 3) == [1, 2, 3])
    }

    @Test func whatInflatesPastTheLimitIsRefused() throws {
        let stored = try Gzip.deflate([UInt8](repeating: 0, count: 1000))
        #expect(throws: GzipError.tooLarge(limit: 999)) { try Gzip.inflate(stored, limit: 999) }
    }

    @Test func aBombIsRefusedByItsRatio() throws {
        let bomb = try Gzip.deflate([UInt8](repeating: 0, count: 8 << 20), level: 9)
        #expect(throws: GzipError.ratioTooHigh(limit: 100)) {
            try Gzip.inflate(bomb, limits: GzipLimits(bytes: 1 << 30, ratio: 100))
        }
    }

    @Test func otherBytesAreNoStream() throws {
        #expect(throws: GzipError.notGzip) { try Gzip.inflate([], limit: 10) }
        #expect(throws: GzipError.notGzip) { try Gzip.inflate(Array("plain".utf8), limit: 10) }
    }

    @Test func aCutStreamIsTruncatedAtEveryLength() throws {
        let stored = try Gzip.deflate(Array("the same content, the same content".utf8))
        for length in 2..<stored.count {
            let error = #expect(throws: GzipError.self) { try Gzip.inflate(Array(stored.prefix(length)), limit: 100) }
            guard case .truncated = error else {
                Issue.record("\(length) bytes: \(String(describing: error))")
                return
            }
        }
    }

    @Test func bytesAfterTheStreamAreRefused() throws {
        let stored = try Gzip.deflate([1, 2, 3]) + Array("more".utf8)
        #expect(throws: GzipError.trailingBytes) { try Gzip.inflate(stored, limit: 100) }
    }

    @Test func aWrongChecksumIsToldWithBothSums() throws {
        var stored = try Gzip.deflate([1, 2, 3])
        stored[stored.count - 8] ^= 0xFF
        let error = #expect(throws: GzipError.self) { try Gzip.inflate(stored, limit: 100) }
        guard case .checksumMismatch(let expected, let actual) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(expected == actual ^ 0xFF)
    }
}
