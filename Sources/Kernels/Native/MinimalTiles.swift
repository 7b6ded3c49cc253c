import CKernels

/// Both directions of a window whose outputs are computed in tiles.
struct MinimalTiles {
    let vertical, horizontal: MinimalAxis
    private let correlation: Correlation
    /// Of one image.
    let count: Int

    /// The share of the products that may be left, so that what is saved pays for the transforms.
    private static let worthwhile = 0.8
    private static let channelsOfAVector = 16

    /// Nil where there is nothing to save, or whole vectors cannot be filled.
    init?(_ correlation: Correlation) {
        let (rows, columns) = (correlation.vertical, correlation.horizontal)
        guard rows.stride == columns.stride, rows.taps == columns.taps || rows.taps == 1 || columns.taps == 1,
            correlation.channels % Self.channelsOfAVector == 0,
            correlation.outputChannels % Self.channelsOfAVector == 0, let vertical = MinimalAxis.best(rows),
            let horizontal = MinimalAxis.best(columns),
            Double(vertical.products(rows.outputs) * horizontal.products(columns.outputs))
                <= Self.worthwhile * Double(rows.products * columns.products)
        else { return nil }
        (self.vertical, self.horizontal, self.correlation) = (vertical, horizontal, correlation)
        count = vertical.tiles(rows.outputs) * horizontal.tiles(columns.outputs)
    }

    var components: Int { vertical.components * horizontal.components }
    var channels: Int { correlation.channels }
    var outputChannels: Int { correlation.outputChannels }
    /// Of one component, or of one tap.
    var weightCount: Int { channels * outputChannels }
    var taps: Int { correlation.vertical.taps * correlation.horizontal.taps }

    /// The window for components of some tiles, each from `pitch` on.
    func window(tiles: Int) -> latentd_window {
        let (rows, columns) = (correlation.vertical, correlation.horizontal)
        return latentd_window(
            vertical: vertical.filter, horizontal: horizontal.filter, source_height: Int64(rows.source),
            source_width: Int64(columns.source), channels: Int64(correlation.channels),
            padding_top: Int64(rows.padding), padding_left: Int64(columns.padding), output_height: Int64(rows.outputs),
            output_width: Int64(columns.outputs), output_channels: Int64(correlation.outputChannels),
            output_row: Int64(correlation.outputRow), output_column: Int64(correlation.outputColumn),
            output_image: Int64(correlation.outputImage),
            source_pitch: Int64(Self.pitch(tiles * correlation.channels)),
            output_pitch: Int64(Self.pitch(tiles * correlation.outputChannels)))
    }

    /// From a component to the next: a tile's components must not fall on the same places of the cache, which repeat
    /// every 4 KiB.
    private static func pitch(_ count: Int) -> Int { (count + 1023) / 1024 * 1024 + 80 }

    /// For every component and every tap that it has a share of.
    func forEachTerm(_ body: (_ component: Int, _ tap: Int, _ factor: Float) -> Void) {
        for (y, row) in vertical.weights.enumerated() {
            for (x, column) in horizontal.weights.enumerated() {
                for (rowTap, rowFactor) in row.enumerated() {
                    for (columnTap, columnFactor) in column.enumerated() where rowFactor * columnFactor != 0 {
                        body(
                            y * horizontal.components + x, rowTap * column.count + columnTap, rowFactor * columnFactor)
                    }
                }
            }
        }
    }
}
