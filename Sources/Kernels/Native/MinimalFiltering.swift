import CKernels
import Tensors

/// A correlation with fewer products (Winograd; Lavin and Gray, arXiv:1509.09308), of a batch of images.
final class MinimalFiltering {
    private let tiles: MinimalTiles
    private let set: InstructionSet
    private let strips: TileStrips
    /// [component, channel] by output channel
    private let panels: Panels
    private let weights: AlignedBuffer
    private let noBias: AlignedBuffer

    /// Nil where it does not pay.
    ///
    /// - Parameter shared: of the same shape, whose weights become this one's as well.
    init?(
        _ correlation: Correlation, batch: Int, _ set: InstructionSet, scratch: Scratch,
        sharing shared: MinimalFiltering? = nil
    ) {
        guard let tiles = MinimalTiles(correlation) else { return nil }
        let panels = Panels(
            whole: set, depth: tiles.components * tiles.channels, columns: tiles.outputChannels,
            stretch: tiles.channels)
        (self.tiles, self.set, self.panels) = (tiles, set, panels)
        strips = TileStrips(tiles, batch: batch, set, scratch: scratch) { component, window, count in
            let (channels, outs) = (tiles.channels, tiles.outputChannels)
            return Product(
                segments: [.init(a: 0, b: component * channels * panels.width)], depth: channels, rows: count,
                columns: outs, aRow: channels, aStep: 1, bStep: panels.width, cRow: outs,
                aOffset: component * Int(window.source_pitch), cOffset: component * Int(window.output_pitch),
                panels: (panels.width, panels.pitch))
        }
        weights = shared?.weights ?? AlignedBuffer(count: panels.count)
        noBias = AlignedBuffer(count: tiles.outputChannels)
    }

    /// Takes over panels of as many columns, [window row, window column, channel] by output channel.
    func load(_ plain: UnsafePointer<Float>) {
        let (count, taps) = (tiles.channels * panels.width, tiles.taps * tiles.channels)
        weights.fill(0)
        tiles.forEachTerm { component, tap, factor in
            for first in panels.firsts {
                latentd_add_scaled(
                    set.value, Int64(count), 1, factor, plain + first * taps + tap * count,
                    weights.pointer + first * panels.depth + component * count)
            }
        }
    }

    /// All images.
    func run(
        _ source: UnsafePointer<Float>, bias: UnsafePointer<Float>, slope: Float, _ output: UnsafeMutablePointer<Float>
    ) {
        strips.forEach(of: source) { window, strip, sources, results in
            strip.products.run(a: sources, b: weights.pointer, bias: noBias.pointer, c: results)
            latentd_window_out(set.value, window, strip.first, strip.count, results, bias, slope, output)
        }
    }
}
