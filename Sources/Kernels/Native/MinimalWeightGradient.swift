import CKernels
import Tensors

/// The gradient of a correlation's weights with fewer products: the transposed algorithm of `MinimalFiltering`, whose
/// products' depth runs over the tiles.
final class MinimalWeightGradient {
    private let tiles: MinimalTiles
    private let set: InstructionSet
    private let strips: TileStrips
    /// [component, channel, output channel]
    private let gradient: AlignedBuffer

    /// Nil where it does not pay.
    init?(_ correlation: Correlation, batch: Int, _ set: InstructionSet, scratch: Scratch) {
        guard let tiles = MinimalTiles(correlation) else { return nil }
        (self.tiles, self.set) = (tiles, set)
        strips = TileStrips(tiles, batch: batch, set, scratch: scratch) { component, window, count in
            let (channels, outs) = (tiles.channels, tiles.outputChannels)
            return Product(
                segments: [.init(a: 0, b: component * Int(window.output_pitch))], depth: count, rows: channels,
                columns: outs, aRow: 1, aStep: channels, bStep: outs, cRow: outs,
                aOffset: component * Int(window.source_pitch), cOffset: component * tiles.weightCount)
        }
        gradient = AlignedBuffer(count: tiles.components * tiles.weightCount)
    }

    /// All images.
    func accumulate(_ source: UnsafePointer<Float>, _ outputGradient: UnsafePointer<Float>) {
        strips.forEach(of: source) { window, strip, sources, results in
            latentd_window_back(set.value, window, strip.first, strip.count, outputGradient, results)
            strip.products.run(a: sources, b: results, bias: nil, c: gradient.pointer)
        }
    }

    /// Writes weights [window row, window column, channel, output channel] and starts again from zero.
    func collect(_ plain: UnsafeMutablePointer<Float>) {
        let count = tiles.weightCount
        plain.update(repeating: 0, count: tiles.taps * count)
        tiles.forEachTerm { component, tap, factor in
            latentd_add_scaled(
                set.value, Int64(count), 1, factor, gradient.pointer + component * count, plain + tap * count)
        }
        gradient.fill(0)
    }
}
