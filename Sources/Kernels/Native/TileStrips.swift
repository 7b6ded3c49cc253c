import CKernels

/// The tiles of a batch of images in strips whose components stay in a core's cache together, and the products of a strip.
final class TileStrips {
    /// [component, tile of the strip, channel], then [component, tile of the strip, output channel].
    private let scratch: Scratch
    private let set: InstructionSet
    private let window: latentd_window
    private let total, length: Int
    private let whole: ProductList
    /// Of the last strip, where it is shorter.
    private let rest: ProductList?
    private let sourceCount: Int

    /// Floats of a strip's components.
    private static let cached = 128 * 1024

    /// - Parameter product: of a component, over some tiles.
    init(
        _ tiles: MinimalTiles, batch: Int, _ set: InstructionSet, scratch: Scratch,
        product: (_ component: Int, _ window: latentd_window, _ tiles: Int) -> Product
    ) {
        (self.set, self.scratch) = (set, scratch)
        let floats = tiles.components * (tiles.channels + tiles.outputChannels)
        let total = batch * tiles.count
        let length = min(total, max(16, min(128, Self.cached / floats)))
        let window = tiles.window(tiles: length)
        func products(_ count: Int) -> ProductList {
            ProductList((0..<tiles.components).map { product($0, window, count) }, set)
        }
        (self.total, self.length, self.window) = (total, length, window)
        whole = products(length)
        rest = total % length > 0 ? products(total % length) : nil
        sourceCount = tiles.components * Int(window.source_pitch)
        scratch.reserve(sourceCount + tiles.components * Int(window.output_pitch))
    }

    /// Calls `body` for each strip, with the components of its part of the source.
    func forEach(
        of source: UnsafePointer<Float>,
        _ body: (
            _ window: UnsafePointer<latentd_window>, _ strip: Strip, _ sources: UnsafePointer<Float>,
            _ results: UnsafeMutablePointer<Float>
        ) -> Void
    ) {
        let sources = scratch.pointer
        for first in stride(from: 0, to: total, by: length) {
            let count = min(length, total - first)
            let strip = Strip(
                first: Int64(first), count: Int64(count), products: count < length ? rest ?? whole : whole)
            withUnsafePointer(to: window) { window in
                latentd_window_in(set.value, window, strip.first, strip.count, source, sources)
                body(window, strip, sources, sources + sourceCount)
            }
        }
    }

    struct Strip {
        let first, count: Int64
        let products: ProductList
    }
}
