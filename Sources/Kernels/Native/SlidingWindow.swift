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

    init(_ correlation: Correlation, _ set: InstructionSet) {
        let taps = correlation.vertical.taps * correlation.horizontal.taps
        weights = AlignedBuffer(count: taps * correlation.channels * correlation.outputChannels)
        offset = correlation.outputOffset
        if let minimal = MinimalFiltering(correlation, set) {
            way = .minimal(minimal)
        } else {
            way = .products(ProductList(correlation.products, set))
        }
    }

    func weightsChanged() {
        if case .minimal(let minimal) = way { minimal.load(weights.pointer) }
    }

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
