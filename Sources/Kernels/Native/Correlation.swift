/// One direction of a sliding window over a source: output o sees source o · stride + tap − padding for every tap.
struct WindowAxis {
    /// Places of the source, taps of the window and places of the output.
    let source, taps, outputs: Int
    let stride: Int
    /// Zeros before the source; negative where the window starts inside it.
    let padding: Int

    /// Neighbouring outputs whose windows reach the source with the same taps.
    struct Run: Equatable {
        let outputs: Range<Int>
        let taps: Range<Int>
    }

    /// The taps of an output that fall on the source.
    func taps(of output: Int) -> Range<Int> {
        let first = output * stride - padding
        let lower = min(max(0, -first), taps)
        return lower..<max(lower, min(taps, source - first))
    }

    /// All outputs: those at the edges, where the window hangs over, apart from those in the middle.
    var runs: [Run] {
        var runs: [Run] = []
        for output in 0..<outputs {
            let taps = taps(of: output)
            if let last = runs.last, last.taps == taps {
                runs[runs.count - 1] = Run(outputs: last.outputs.lowerBound..<output + 1, taps: taps)
            } else {
                runs.append(Run(outputs: output..<output + 1, taps: taps))
            }
        }
        return runs
    }

    /// Pairs of an output and a tap that falls on the source.
    var products: Int { (0..<outputs).reduce(0) { $0 + taps(of: $1).count } }

    /// Where the source's place is that an output sees through a tap.
    func place(_ output: Int, _ tap: Int) -> Int { output * stride + tap - padding }
}

/// A window of weights [window row, window column, channel, output channel] that slides over a channels-last image:
/// outputs = weights ∗ source.
///
/// The zeros around the source are never multiplied: its edges are products of their own with fewer taps. A product's rows
/// are outputs beside or below each other, whichever are more; its segments are the window's rows.
struct Correlation {
    let vertical, horizontal: WindowAxis
    let channels, outputChannels: Int
    /// Where the first output is, the floats from one to the next beside it and below it, and to that of the next image.
    var outputOffset = 0
    let outputColumn, outputRow, outputImage: Int

    /// Floats of an image.
    var sourceCount: Int { vertical.source * horizontal.source * channels }

    /// The rows of the matrix of the weights: [window row, window column, channel].
    var depth: Int { vertical.taps * horizontal.taps * channels }

    /// Offsets of outputs are relative to the first.
    ///
    /// - Parameter weights: [depth, output channel].
    func products(_ weights: Panels) -> [Product] {
        vertical.runs.flatMap { rows in horizontal.runs.flatMap { columns in products(weights, rows, columns) } }
    }

    private func products(_ weights: Panels, _ rows: WindowAxis.Run, _ columns: WindowAxis.Run) -> [Product] {
        if columns.outputs.count >= rows.outputs.count {
            return rows.outputs.map { row in
                product(
                    weights, row, columns.outputs.lowerBound, rows.taps, columns.taps, count: columns.outputs.count,
                    down: false)
            }
        }
        return columns.outputs.map { column in
            product(
                weights, rows.outputs.lowerBound, column, rows.taps, columns.taps, count: rows.outputs.count, down: true
            )
        }
    }

    /// `count` outputs from one on, downwards or to the right.
    private func product(
        _ weights: Panels, _ row: Int, _ column: Int, _ rowTaps: Range<Int>, _ columnTaps: Range<Int>, count: Int,
        down: Bool
    ) -> Product {
        let pitch = horizontal.source * channels
        let segments =
            columnTaps.isEmpty
            ? []
            : rowTaps.map { tap in
                Product.Segment(
                    a: vertical.place(row, tap) * pitch + horizontal.place(column, columnTaps.lowerBound) * channels,
                    b: (tap * horizontal.taps + columnTaps.lowerBound) * channels * weights.width)
            }
        return Product(
            segments: segments, depth: columnTaps.count * channels, rows: count, columns: outputChannels,
            aRow: down ? vertical.stride * pitch : horizontal.stride * channels, aStep: 1, bStep: weights.width,
            cRow: down ? outputRow : outputColumn, cOffset: row * outputRow + column * outputColumn,
            panels: (weights.width, weights.pitch))
    }
}
