import CKernels
import Glibc

/// Counter-based random numbers: the same seed and stream give the same numbers on every machine and in every version.
///
/// Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011). A stream is
/// addressed, not advanced to: training asks for stream (epoch, step) and needs no generator state to resume.
public struct RandomSource: RandomNumberGenerator, Sendable {
    private let key: SIMD2<UInt32>
    private let stream: UInt64
    private var position: UInt64 = 0
    private var block: SIMD4<UInt32> = .zero
    private var used = 4
    private var spareNormal: Float?

    public init(seed: UInt64, stream: UInt64 = 0) {
        key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        self.stream = stream
    }

    public mutating func nextUInt32() -> UInt32 {
        if used == 4 {
            let counter = SIMD4(
                UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32),
                UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
            block = Self.philox(counter: counter, key: key)
            position &+= 1
            used = 0
        }
        defer { used += 1 }
        return block[used]
    }

    public mutating func next() -> UInt64 {
        let low = UInt64(nextUInt32())
        return low | UInt64(nextUInt32()) << 32
    }

    /// A number in 0 ..< 1 with 24 random bits.
    public mutating func uniform() -> Float { Float(nextUInt32() >> 8) * 0x1p-24 }

    private static let instructionSet = latentd_best_instruction_set()

    /// The next `count` numbers of `uniform`, a vector of blocks at a time.
    public mutating func uniforms(_ numbers: UnsafeMutablePointer<Float>, count: Int) {
        var filled = 0
        while filled < count, used < 4 {
            numbers[filled] = uniform()
            filled += 1
        }
        let blocks = (count - filled) / 4
        let seed = UInt64(key[0]) | UInt64(key[1]) << 32
        latentd_uniforms(Self.instructionSet, Int64(blocks), seed, stream, position, numbers + filled)
        position &+= UInt64(blocks)
        for i in filled + 4 * blocks..<max(count, filled) { numbers[i] = uniform() }
    }

    /// A draw from N(0, 1) by Box and Muller's transform.
    public mutating func normal() -> Float {
        if let spare = spareNormal {
            spareNormal = nil
            return spare
        }
        let radius = sqrtf(-2 * logf(1 - uniform()))
        let angle = 2 * Float.pi * uniform()
        spareNormal = radius * sinf(angle)
        return radius * cosf(angle)
    }

    /// An index in 0 ..< `bound` without bias (Lemire's rejection), or 0 where `bound` is 0.
    public mutating func index(below bound: UInt32) -> UInt32 {
        guard bound > 0 else { return 0 }
        let threshold = (0 &- bound) % bound
        while true {
            let product = UInt64(nextUInt32()) * UInt64(bound)
            if UInt32(truncatingIfNeeded: product) >= threshold { return UInt32(product >> 32) }
        }
    }

    /// Fisher and Yates' shuffle; our own, since the standard library's may change between versions.
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        guard elements.count > 1 else { return }
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(last, Int(index(below: UInt32(truncatingIfNeeded: last + 1))))
        }
    }

    static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var c = counter
        var k = key
        for _ in 0..<10 {
            let first = UInt64(c[0]) * 0xD251_1F53
            let second = UInt64(c[2]) * 0xCD9E_8D57
            c = SIMD4(
                UInt32(second >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: second),
                UInt32(first >> 32) ^ c[3] ^ k[1], UInt32(truncatingIfNeeded: first))
            k[0] &+= 0x9E37_79B9
            k[1] &+= 0xBB67_AE85
        }
        return c
    }
}
