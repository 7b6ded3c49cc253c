import Tensors

/// The order in which one epoch visits a split's images: all of them once, in batches.
///
/// The order depends on the seed and the epoch alone, so a resumed run goes on exactly as an uninterrupted one.
public struct ShuffledBatches: Sequence, Sendable {
    /// The split's indices in this epoch's order, without those of a dropped last batch.
    public let order: [Int]
    public let batchSize: Int

    /// - Parameters:
    ///   - count: the number of images.
    ///   - epoch: counted from 0 or 1 as the caller likes; it only has to be told apart.
    ///   - dropsLastPartialBatch: leaves out the images that do not fill a whole batch at the end.
    ///
    /// Throws `DatasetError.unusableBatchSize` unless `batchSize` is positive.
    public init(
        count: Int, batchSize: Int, seed: UInt64, epoch: Int, dropsLastPartialBatch: Bool = false
    ) throws(DatasetError) {
        guard batchSize > 0 else { throw .unusableBatchSize(batchSize) }
        var order = Array(0..<Swift.max(0, count))
        // The upper half of the streams is kept for orders, so that none coincides with a small stream number elsewhere.
        var random = RandomSource(seed: seed, stream: UInt64(truncatingIfNeeded: epoch) | 1 << 63)
        random.shuffle(&order)
        if dropsLastPartialBatch { order.removeLast(order.count % batchSize) }
        self.order = order
        self.batchSize = batchSize
    }

    /// The number of batches.
    public var batchCount: Int { order.count / batchSize + (order.count % batchSize == 0 ? 0 : 1) }

    /// The indices of batch `number`, counted from 0; empty outside `0..<batchCount`.
    public func batch(_ number: Int) -> ArraySlice<Int> {
        guard number >= 0, number < batchCount else { return [] }
        let start = number * batchSize
        return order[start..<Swift.min(order.count, start + Swift.min(batchSize, order.count - start))]
    }

    public func makeIterator() -> AnyIterator<ArraySlice<Int>> {
        var next = 0
        return AnyIterator {
            guard next < batchCount else { return nil }
            defer { next += 1 }
            return batch(next)
        }
    }
}
