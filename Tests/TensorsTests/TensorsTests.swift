import CKernels
import Testing

@testable import Tensors

@Suite struct ShapeTests {
    @Test(arguments: [([2, 3, 4], 24), ([], 1), ([0, 7], 0), ([1 << 31, 1 << 31], 1 << 62)])
    func countsElements(dimensions: [Int], count: Int) throws {
        #expect(try Shape(dimensions).elementCount() == count)
    }

    @Test(arguments: [[-1], [2, -3], [Int.max, 2], [1 << 32, 1 << 32, 4]])
    func refusesWhatCannotBeCounted(dimensions: [Int]) {
        #expect(throws: ShapeError.uncountable(Shape(dimensions))) { try Shape(dimensions).elementCount() }
    }

    @Test func tensorNeedsAsManyValuesAsItsShape() {
        #expect(throws: ShapeError.countMismatch(shape: [2, 2], expected: 4, actual: 3)) {
            try Tensor(shape: [2, 2], values: [1, 2, 3])
        }
    }
}

@Suite struct RandomSourceTests {
    /// Known answers from the authors' Random123 distribution (kat_vectors, philox4x32 10).
    @Test func philoxGivesTheKnownAnswers() {
        #expect(
            RandomSource.philox(counter: .zero, key: .zero)
                == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        #expect(
            RandomSource.philox(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
                == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    }

    @Test func seedAndStreamNameTheNumbers() {
        var first = RandomSource(seed: 1, stream: 2)
        var same = RandomSource(seed: 1, stream: 2)
        var other = RandomSource(seed: 1, stream: 3)
        let numbers = (0..<9).map { _ in first.next() }
        #expect(numbers == (0..<9).map { _ in same.next() })
        #expect(numbers != (0..<9).map { _ in other.next() })
    }

    /// Vectors of blocks on every instruction set that this processor has, across the counter's 32nd bit.
    @Test(arguments: [LATENTD_PORTABLE, LATENTD_AVX2, LATENTD_AVX512].map(\.rawValue), [0, 1, 3, 4, 7, 8, 9, 100])
    func blocksInVectorsAreThoseOfPhilox(set: UInt32, blocks: Int) {
        guard set <= latentd_best_instruction_set().rawValue else { return }
        let (seed, stream, position) = (0xFEDC_BA98_7654_3210 as UInt64, 0x0123_4567_89AB_CDEF as UInt64, 0xFFFF_FFFC)
        var numbers = [Float](repeating: .nan, count: 4 * blocks + 1)
        latentd_uniforms(
            latentd_instruction_set(rawValue: set), Int64(blocks), seed, stream, UInt64(position), &numbers)
        for block in 0..<blocks {
            let place = UInt64(position + block)
            let words = RandomSource.philox(
                counter: SIMD4(
                    UInt32(truncatingIfNeeded: place), UInt32(place >> 32), 0x89AB_CDEF, 0x0123_4567),
                key: SIMD2(0x7654_3210, 0xFEDC_BA98))
            for i in 0..<4 { #expect(numbers[4 * block + i] == Float(words[i] >> 8) * 0x1p-24) }
        }
        #expect(numbers[4 * blocks].isNaN, "nothing is written behind the last")
    }

    /// However the numbers are asked for, they are the same.
    @Test(arguments: [[5], [1, 4, 4], [0, 3, 0, 9, 100], [2, 2, 2, 2], [64, 1, 63]])
    func numbersInPiecesAreThoseOneByOne(pieces: [Int]) {
        var (random, plain) = (RandomSource(seed: 4, stream: 9), RandomSource(seed: 4, stream: 9))
        for count in pieces {
            var numbers = [Float](repeating: .nan, count: count + 1)
            random.uniforms(&numbers, count: count)
            #expect(numbers.dropLast().elementsEqual((0..<count).map { _ in plain.uniform() }))
            #expect(numbers[count].isNaN)
            #expect(random.nextUInt32() == plain.nextUInt32())
        }
    }

    @Test func normalsHaveTheirMoments() {
        var random = RandomSource(seed: 7)
        let draws = (0..<100_000).map { _ in Double(random.normal()) }
        let mean = draws.reduce(0, +) / 100_000
        let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
        #expect(abs(mean) < 0.01)
        #expect(abs(variance - 1) < 0.015)
    }

    @Test func shuffleIsAPermutationThatTheSeedFixes() {
        var numbers = Array(0..<1000)
        var random = RandomSource(seed: 5)
        random.shuffle(&numbers)
        #expect(numbers.sorted() == Array(0..<1000))
        #expect(numbers != Array(0..<1000))
        var again = Array(0..<1000)
        var twin = RandomSource(seed: 5)
        twin.shuffle(&again)
        #expect(again == numbers)
    }
}
