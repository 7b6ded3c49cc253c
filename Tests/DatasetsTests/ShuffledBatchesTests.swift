import Datasets
import Testing

@Suite struct ShuffledBatchesTests {
    @Test func everyImageComesOnce() throws {
        let batches = try ShuffledBatches(count: 1000, batchSize: 128, seed: 1, epoch: 1)
        #expect(batches.batchCount == 8)
        #expect(batches.map(\.count) == [128, 128, 128, 128, 128, 128, 128, 104])
        #expect(batches.flatMap { $0 }.sorted() == Array(0..<1000))
        #expect(Array(batches.batch(7)) == Array(batches.order.suffix(104)))
        #expect(batches.batch(8).isEmpty)
        #expect(batches.batch(-1).isEmpty)
    }

    @Test func thePartialBatchIsDroppedWhereAsked() throws {
        let batches = try ShuffledBatches(count: 1000, batchSize: 128, seed: 1, epoch: 1, dropsLastPartialBatch: true)
        #expect(batches.map(\.count) == [Int](repeating: 128, count: 7))
    }

    @Test func theOrderDependsOnSeedAndEpochAlone() throws {
        let order = { (seed: UInt64, epoch: Int, size: Int) in
            try ShuffledBatches(count: 100, batchSize: size, seed: seed, epoch: epoch).order
        }
        #expect(try order(1, 1, 10) == order(1, 1, 33))
        #expect(try order(1, 1, 10) != order(1, 2, 10))
        #expect(try order(1, 1, 10) != order(2, 1, 10))
        #expect(try order(1, 1, 10) != Array(0..<100))
    }

    /// Held fixed, since a resumed run of a later version must go on in the same order.
    @Test func theOrderIsTheSameInEveryVersion() throws {
        #expect(
            try ShuffledBatches(count: 10, batchSize: 10, seed: 42, epoch: 3).order == [1, 0, 7, 8, 3, 9, 6, 4, 2, 5])
    }

    @Test(arguments: [(0, 128), (1, 128), (5, Int.max)])
    func oddSizesMakeNoTrouble(count: Int, batchSize: Int) throws {
        let batches = try ShuffledBatches(count: count, batchSize: batchSize, seed: 1, epoch: 0)
        #expect(batches.map(\.count) == (count == 0 ? [] : [count]))
    }

    @Test(arguments: [0, -1])
    func aBatchOfNothingIsRefused(size: Int) {
        #expect(throws: DatasetError.unusableBatchSize(size)) {
            try ShuffledBatches(count: 10, batchSize: size, seed: 1, epoch: 1)
        }
    }
}
