import Tensors

/// A correlation with its weights, by whichever way takes less time.
final class SlidingWindow {
    private let panels: Panels
    private let weights: AlignedBuffer
    private let correlation: Correlation
    private let batch: Int
    private let way: Way

    private enum Way {
        case products(ProductList)
        case minimal(MinimalFiltering)
    }

    /// - Parameter shared: a window of the same shape, whose weights become this one's as well.
    init(
        _ correlation: Correlation, batch: Int, _ set: InstructionSet, scratch: Scratch,
        sharing shared: SlidingWindow? = nil
    ) {
        (self.correlation, self.batch) = (correlation, batch)
        panels = Panels(
            whole: set, depth: correlation.depth, columns: correlation.outputChannels,
            stretch: correlation.horizontal.taps * correlation.channels)
        weights = shared?.weights ?? AlignedBuffer(count: panels.count)
        if let minimal = MinimalFiltering(
            correlation, batch: batch, set, scratch: scratch, sharing: shared?.minimal)
        {
            way = .minimal(minimal)
        } else {
            way = .products(ProductList(correlation.products(panels), set))
        }
    }

    private var minimal: MinimalFiltering? {
        if case .minimal(let minimal) = way { minimal } else { nil }
    }

    /// Takes over a row [output channel] of the weights [window row, window column, channel], from elements that are `step`
    /// apart; `weightsChanged` is to follow the last.
    func load(row: Int, _ source: UnsafePointer<Float>, step: Int) {
        panels.fill(row, of: weights.pointer, from: source, step: step)
    }

    func weightsChanged() { minimal?.load(weights.pointer) }

    /// All images.
    func run(
        _ source: UnsafePointer<Float>, bias: UnsafePointer<Float>, slope: Float, _ output: UnsafeMutablePointer<Float>
    ) {
        let output = output + correlation.outputOffset
        switch way {
        case .products(let list):
            for image in 0..<batch {
                list.run(
                    a: source + image * correlation.sourceCount, b: weights.pointer, bias: bias, slope: slope,
                    c: output + image * correlation.outputImage)
            }
        case .minimal(let minimal): minimal.run(source, bias: bias, slope: slope, output)
        }
    }
}
