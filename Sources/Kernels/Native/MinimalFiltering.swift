import CKernels
import Tensors

/// A correlation with fewer products (Winograd; Lavin and Gray, arXiv:1509.09308).
///
/// Two neighbouring outputs of two taps take 3 products instead of 4, of three taps 4 instead of 6; in two dimensions 9
/// instead of 16 and 16 instead of 36. The transforms are sums and differences, so the error stays that of a sum.
final class MinimalFiltering {
    private var window: latentd_window
    private let set: InstructionSet
    private let strips: [Strip]
    private let vertical, horizontal: MinimalAxis
    private let weightCount: Int
    /// [component, channel, output channel]
    private let weights: AlignedBuffer
    private let noBias: AlignedBuffer
    /// [component, tile of the strip, channel], then [component, tile of the strip, output channel].
    private let scratch: Scratch
    private let sourceCount: Int
    private static let channelsOfAVector = 16
    /// The share of the products that may be left, so that what is saved pays for the transforms.
    private static let worthwhile = 0.75
    /// Tiles whose components stay in a core's cache together.
    private static let tilesOfAStrip = 64

    private struct Strip {
        let firstRow, rows: Int
        let products: ProductList
    }

    /// Nil where there is nothing to save, or whole vectors cannot be filled.
    ///
    /// - Parameter shared: of the same shape, whose weights become this one's as well.
    init?(
        _ correlation: Correlation, _ set: InstructionSet, scratch: Scratch, sharing shared: MinimalFiltering? = nil
    ) {
        let (rows, columns) = (correlation.vertical, correlation.horizontal)
        let (channels, outs) = (correlation.channels, correlation.outputChannels)
        guard rows.stride == 1, columns.stride == 1, let vertical = MinimalAxis(taps: rows.taps),
            let horizontal = MinimalAxis(taps: columns.taps),
            vertical.products(rows.outputs) * horizontal.products(columns.outputs)
                <= Self.worthwhile * Double(rows.products * columns.products),
            channels % Self.channelsOfAVector == 0, outs % Self.channelsOfAVector == 0
        else { return nil }
        (self.vertical, self.horizontal, self.set) = (vertical, horizontal, set)
        window = latentd_window(
            source_height: Int64(rows.source), source_width: Int64(columns.source), channels: Int64(channels),
            padding_top: Int64(rows.padding), padding_left: Int64(columns.padding),
            window_height: Int64(rows.taps), window_width: Int64(columns.taps), output_height: Int64(rows.outputs),
            output_width: Int64(columns.outputs), output_channels: Int64(outs),
            output_row: Int64(correlation.outputRow), output_column: Int64(correlation.outputColumn), source_pitch: 0,
            output_pitch: 0)
        let components = vertical.components * horizontal.components
        let tileRows = vertical.tiles(rows.outputs)
        let tileColumns = horizontal.tiles(columns.outputs)
        let height = max(1, min(tileRows, Self.tilesOfAStrip / tileColumns))
        let (sourcePitch, resultPitch) = (
            Self.pitch(height * tileColumns * channels), Self.pitch(height * tileColumns * outs)
        )
        (window.source_pitch, window.output_pitch) = (Int64(sourcePitch), Int64(resultPitch))
        strips = stride(from: 0, to: tileRows, by: height).map { first in
            let rows = min(height, tileRows - first)
            let tiles = rows * tileColumns
            let products = (0..<components).map { component in
                Product(
                    segments: [.init(a: 0, b: component * channels * outs)], depth: channels, rows: tiles,
                    columns: outs, aRow: channels, aStep: 1, bStep: outs, cRow: outs,
                    aOffset: component * sourcePitch, cOffset: component * resultPitch)
            }
            return Strip(firstRow: first, rows: rows, products: ProductList(products, set))
        }
        weightCount = channels * outs
        weights = shared?.weights ?? AlignedBuffer(count: components * weightCount)
        sourceCount = components * sourcePitch
        self.scratch = scratch
        scratch.reserve(sourceCount + components * resultPitch)
        noBias = AlignedBuffer(count: outs)
    }

    /// From a component to the next: a tile's components must not fall on the same places of the cache, which repeat
    /// every 4 KiB.
    private static func pitch(_ count: Int) -> Int { (count + 1023) / 1024 * 1024 + 80 }

    /// Takes over weights [window row, window column, channel, output channel].
    func load(_ plain: UnsafePointer<Float>) {
        var target = weights.pointer
        for row in vertical.weights {
            for column in horizontal.weights {
                target.update(repeating: 0, count: weightCount)
                for (y, rowFactor) in row.enumerated() {
                    for (x, columnFactor) in column.enumerated() where rowFactor * columnFactor != 0 {
                        let factor = rowFactor * columnFactor
                        let source = plain + (y * column.count + x) * weightCount
                        for i in 0..<weightCount { target[i] += factor * source[i] }
                    }
                }
                target += weightCount
            }
        }
    }

    /// One image.
    func run(
        _ source: UnsafePointer<Float>, bias: UnsafePointer<Float>, slope: Float, _ output: UnsafeMutablePointer<Float>
    ) {
        let sources = scratch.pointer
        let results = sources + sourceCount
        for strip in strips {
            let (first, rows) = (Int64(strip.firstRow), Int64(strip.rows))
            latentd_window_in(set.value, &window, first, rows, source, sources)
            strip.products.run(a: sources, b: weights.pointer, bias: noBias.pointer, c: results)
            latentd_window_out(set.value, &window, first, rows, results, bias, slope, output)
        }
    }
}

/// One direction of minimal filtering: how many products a tile takes, and which sums of the taps they are with.
private struct MinimalAxis {
    /// [component][tap]
    let weights: [[Float]]
    private let outputs: Int
    var components: Int { weights.count }

    init?(taps: Int) {
        outputs = taps == 1 ? 1 : 2
        switch taps {
        case 1: weights = [[1]]
        case 2: weights = [[1, 0], [1, 1], [0, 1]]
        case 3: weights = [[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]]
        default: return nil
        }
    }

    func tiles(_ count: Int) -> Int { (count + outputs - 1) / outputs }

    /// Of a number of outputs, those in a last tile that hang over included.
    func products(_ count: Int) -> Double { Double(tiles(count) * components) }
}
