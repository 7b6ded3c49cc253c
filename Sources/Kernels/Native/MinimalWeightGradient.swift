import CKernels
import Tensors

/// The gradient of a correlation's weights with fewer products: the transposed algorithm of `MinimalFiltering`, whose
/// products' depth runs over the tiles.
final class MinimalWeightGradient {
    private let tiles: MinimalTiles
    private var window: latentd_window
    private let set: InstructionSet
    private let strips: TileStrips
    private let weightCount: Int
    /// [component, channel, output channel]
    private let gradient: AlignedBuffer
    /// [component, tile of the strip, channel], then [component, tile of the strip, output channel].
    private let scratch: Scratch
    private let sourceCount: Int

    /// Nil where it does not pay.
    init?(_ correlation: Correlation, batch: Int, _ set: InstructionSet, scratch: Scratch) {
        guard let tiles = MinimalTiles(correlation) else { return nil }
        let (channels, outs, components) = (correlation.channels, correlation.outputChannels, tiles.components)
        (self.tiles, self.set, self.scratch) = (tiles, set, scratch)
        let length = TileStrips.length(floatsOfATile: components * (channels + outs))
        let window = tiles.window(tiles: min(length, batch * tiles.count))
        strips = TileStrips(batch * tiles.count, length: length) { count in
            let products = (0..<components).map { component in
                Product(
                    segments: [.init(a: 0, b: component * Int(window.output_pitch))], depth: count, rows: channels,
                    columns: outs, aRow: 1, aStep: channels, bStep: outs, cRow: outs,
                    aOffset: component * Int(window.source_pitch), cOffset: component * channels * outs)
            }
            return ProductList(products, set)
        }
        self.window = window
        weightCount = channels * outs
        gradient = AlignedBuffer(count: components * weightCount)
        sourceCount = window.sourceCount(components)
        scratch.reserve(sourceCount + window.outputCount(components))
    }

    /// All images.
    func accumulate(_ source: UnsafePointer<Float>, _ outputGradient: UnsafePointer<Float>) {
        let sources = scratch.pointer
        let results = sources + sourceCount
        strips.forEach { first, count, products in
            latentd_window_in(set.value, &window, first, count, source, sources)
            latentd_window_back(set.value, &window, first, count, outputGradient, results)
            products.run(a: sources, b: results, bias: nil, c: gradient.pointer)
        }
    }

    /// Writes weights [window row, window column, channel, output channel] and starts again from zero.
    func collect(_ plain: UnsafeMutablePointer<Float>) {
        plain.update(repeating: 0, count: tiles.taps * weightCount)
        tiles.forEachTerm { component, tap, factor in
            latentd_add_scaled(
                set.value, Int64(weightCount), 1, factor, gradient.pointer + component * weightCount,
                plain + tap * weightCount)
        }
        gradient.fill(0)
    }
}
