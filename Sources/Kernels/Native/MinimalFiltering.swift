import CKernels
import Tensors

/// A correlation with fewer products (Winograd; Lavin and Gray, arXiv:1509.09308), of a batch of images.
final class MinimalFiltering {
    private let tiles: MinimalTiles
    private var window: latentd_window
    private let set: InstructionSet
    private let strips: TileStrips
    private let weightCount: Int
    /// [component, channel, output channel]
    private let weights: AlignedBuffer
    private let noBias: AlignedBuffer
    /// [component, tile of the strip, channel], then [component, tile of the strip, output channel].
    private let scratch: Scratch
    private let sourceCount: Int

    /// Nil where it does not pay.
    ///
    /// - Parameter shared: of the same shape, whose weights become this one's as well.
    init?(
        _ correlation: Correlation, batch: Int, _ set: InstructionSet, scratch: Scratch,
        sharing shared: MinimalFiltering? = nil
    ) {
        guard let tiles = MinimalTiles(correlation) else { return nil }
        let (channels, outs, components) = (correlation.channels, correlation.outputChannels, tiles.components)
        (self.tiles, self.set, self.scratch) = (tiles, set, scratch)
        let length = TileStrips.length(floatsOfATile: components * (channels + outs))
        let window = tiles.window(tiles: min(length, batch * tiles.count))
        strips = TileStrips(batch * tiles.count, length: length) { count in
            let products = (0..<components).map { component in
                Product(
                    segments: [.init(a: 0, b: component * channels * outs)], depth: channels, rows: count,
                    columns: outs, aRow: channels, aStep: 1, bStep: outs, cRow: outs,
                    aOffset: component * Int(window.source_pitch), cOffset: component * Int(window.output_pitch))
            }
            return ProductList(products, set)
        }
        self.window = window
        weightCount = channels * outs
        weights = shared?.weights ?? AlignedBuffer(count: components * weightCount)
        sourceCount = window.sourceCount(components)
        scratch.reserve(sourceCount + window.outputCount(components))
        noBias = AlignedBuffer(count: outs)
    }

    /// Takes over weights [window row, window column, channel, output channel].
    func load(_ plain: UnsafePointer<Float>) {
        weights.fill(0)
        tiles.forEachTerm { component, tap, factor in
            latentd_add_scaled(
                set.value, Int64(weightCount), 1, factor, plain + tap * weightCount,
                weights.pointer + component * weightCount)
        }
    }

    /// All images.
    func run(
        _ source: UnsafePointer<Float>, bias: UnsafePointer<Float>, slope: Float, _ output: UnsafeMutablePointer<Float>
    ) {
        let sources = scratch.pointer
        let results = sources + sourceCount
        strips.forEach { first, count, products in
            latentd_window_in(set.value, &window, first, count, source, sources)
            products.run(a: sources, b: weights.pointer, bias: noBias.pointer, c: results)
            latentd_window_out(set.value, &window, first, count, results, bias, slope, output)
        }
    }
}

/// Tiles in strips whose components stay in a core's cache together, and the products of a strip.
struct TileStrips {
    private let total, length: Int
    private let whole, rest: ProductList

    /// Floats of a strip's components.
    private static let cached = 128 * 1024

    static func length(floatsOfATile: Int) -> Int { max(16, min(128, cached / floatsOfATile)) }

    init(_ total: Int, length: Int, products: (_ tiles: Int) -> ProductList) {
        (self.total, self.length) = (total, min(length, total))
        whole = products(self.length)
        rest = products(total % self.length)
    }

    func forEach(_ body: (_ first: Int64, _ count: Int64, _ products: ProductList) -> Void) {
        for first in stride(from: 0, to: total, by: length) {
            let count = min(length, total - first)
            body(Int64(first), Int64(count), count == length ? whole : rest)
        }
    }
}
