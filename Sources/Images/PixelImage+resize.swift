extension PixelImage {
    /// How a resized pixel is made of the old ones. Both average over the whole area that shrinks into one pixel.
    public enum ResizeFilter: String, Sendable, CaseIterable {
        /// The mean of the covered area; enlarging repeats pixels.
        case box
        /// Weights that fall linearly with distance; enlarging interpolates.
        case bilinear

        var support: Double { self == .box ? 0.5 : 1 }

        func weight(_ distance: Double) -> Double {
            switch self {
            case .box: distance > -0.5 && distance <= 0.5 ? 1 : 0
            case .bilinear: max(0, 1 - abs(distance))
            }
        }
    }

    /// The image at another size. Nothing else in this module resizes: it is done only where it is asked for.
    ///
    /// Pixels are weighted as Pillow's `resize` does, in floating point and rounded once. Alpha is treated as any channel:
    /// drop it first where transparent pixels may carry colours.
    /// Throws `ImageError.unusableSize`, and `.tooManyPixels` past `maximumPixels`.
    public func resized(
        width newWidth: Int, height newHeight: Int, filter: ResizeFilter = .bilinear, maximumPixels: Int = 1 << 22
    ) throws(ImageError) -> PixelImage {
        let count = try Self.sampleCount(width: newWidth, height: newHeight, channels: channels)
        let between = try Self.sampleCount(width: newWidth, height: height, channels: channels)
        guard max(count, between) / channels <= maximumPixels else {
            throw .tooManyPixels(pixels: max(count, between) / channels, limit: maximumPixels)
        }
        guard newWidth != width || newHeight != height else { return self }

        let columns = Self.weights(from: width, to: newWidth, filter: filter)
        let rows = Self.weights(from: height, to: newHeight, filter: filter)
        // [height, newWidth, channels]
        var narrowed = [Float](repeating: 0, count: between)
        for y in 0..<height {
            for (x, column) in columns.enumerated() {
                for channel in 0..<channels {
                    var sum: Float = 0
                    for (offset, weight) in column.weights.enumerated() {
                        sum += weight * Float(samples[(y * width + column.start + offset) * channels + channel])
                    }
                    narrowed[(y * newWidth + x) * channels + channel] = sum
                }
            }
        }
        // [newHeight, newWidth, channels]
        var result = [UInt16](repeating: 0, count: count)
        let rowLength = newWidth * channels
        let maximum = Float(bitDepth.maximum)
        for (y, row) in rows.enumerated() {
            for element in 0..<rowLength {
                var sum: Float = 0
                for (offset, weight) in row.weights.enumerated() {
                    sum += weight * narrowed[(row.start + offset) * rowLength + element]
                }
                result[y * rowLength + element] = UInt16(min(max(sum.rounded(), 0), maximum))
            }
        }
        return PixelImage(unchecked: result, width: newWidth, height: newHeight, channels: channels, bitDepth: bitDepth)
    }

    /// For each new position, the first old one that bears on it and the weights from there on, which sum to 1.
    private static func weights(
        from oldSize: Int, to newSize: Int, filter: ResizeFilter
    ) -> [(start: Int, weights: [Float])] {
        let scale = Double(oldSize) / Double(newSize)
        let spread = max(scale, 1)
        let support = filter.support * spread
        return (0..<newSize).map { position in
            let center = (Double(position) + 0.5) * scale
            let start = max(0, Int(center - support + 0.5))
            let end = min(oldSize, Int(center + support + 0.5))
            var weights = (start..<max(start, end)).map { filter.weight((Double($0) - center + 0.5) / spread) }
            let sum = weights.reduce(0, +)
            guard sum > 0 else { return (min(start, oldSize - 1), [1]) }
            for index in weights.indices { weights[index] /= sum }
            return (start, weights.map(Float.init))
        }
    }
}
