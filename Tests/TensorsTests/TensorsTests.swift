@testable import Tensors
import Testing

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
