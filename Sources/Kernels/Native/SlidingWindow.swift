import Tensors

/// A correlation with its weights, by whichever way takes less time.
final class SlidingWindow {
    /// [window row, window column, channel, output channel]; `weightsChanged` is to follow.
    let weights: AlignedBuffer
    private let offset: Int
    private let way: Way

    private enum Way {
        case products(ProductList)
        case minimal(MinimalFiltering)
    }

    /// - Parameter shared: a window of the same shape, whose weights become this one's as well.
    init(
        _ correlation: Correlation, _ set: InstructionSet, scratch: Scratch, sharing shared: SlidingWindow? = nil
    ) {
        let taps = correlation.vertical.taps * correlation.horizontal.taps
        weights =
            shared?.weights ?? AlignedBuffer(count: taps * correlation.channels * correlation.outputChannels)
        offset = correlation.outputOffset
        if let minimal = MinimalFiltering(correlation, set, scratch: scratch, sharing: shared?.minimal) {
            way = .minimal(minimal)
        } else {
            way = .products(ProductList(correlation.products, set))
        }
    }

    private var minimal: MinimalFiltering? {
        if case .minimal(let minimal) = way { minimal } else { nil }
    }

    func weightsChanged() { minimal?.load(weights.pointer) }

    /// One image.
    func run(
        _ source: UnsafePointer<Float>, bias: UnsafePointer<Float>, slope: Float, _ output: UnsafeMutablePointer<Float>
    ) {
        switch way {
        case .products(let list):
            list.run(a: source, b: weights.pointer, bias: bias, slope: slope, c: output + offset)
        case .minimal(let minimal): minimal.run(source, bias: bias, slope: slope, output + offset)
        }
    }
}
