/// Lays equal images out in rows and columns, and cuts such a sheet into its images again.
public struct ImageGrid: Equatable, Sendable {
    /// The number of columns; the rows follow from the number of images.
    public var columns: Int
    /// Pixels between neighbouring cells, after scaling; there are none around the outside.
    public var padding: Int
    /// How many times each pixel is repeated in both directions.
    public var scale: Int
    /// The brightness of padding and empty cells, 0...1.
    public var background: Float
    /// The most pixels that a sheet may have.
    public var maximumPixels: Int

    public init(columns: Int, padding: Int = 0, scale: Int = 1, background: Float = 0, maximumPixels: Int = 1 << 24) {
        self.columns = columns
        self.padding = padding
        self.scale = scale
        self.background = background
        self.maximumPixels = maximumPixels
    }

    /// One sheet of all images, row by row. The last row may be partly empty; with fewer images than columns, the sheet is
    /// as wide as the images need.
    ///
    /// Throws `ImageError.noImages`, `.unequalImages`, `.unusableGrid` or `.tooManyPixels`, the last before allocating.
    public func tile(_ images: [PixelImage]) throws(ImageError) -> PixelImage {
        guard let first = images.first else { throw .noImages }
        for (index, image) in images.enumerated() where !Self.isEqualForm(image, first) {
            throw .unequalImages(index: index, expected: Self.form(first), actual: Self.form(image))
        }
        let (width, height) = try size(of: images.count, width: first.width, height: first.height)
        let usedColumns = min(columns, images.count)
        let channels = first.channels
        let shade = background.isFinite ? min(max(background, 0), 1) : 0
        let fill = UInt16((shade * Float(first.bitDepth.maximum)).rounded())
        var samples = [UInt16](
            repeating: fill, count: try PixelImage.sampleCount(width: width, height: height, channels: channels))
        for (index, image) in images.enumerated() {
            let left = index % usedColumns * (image.width * scale + padding)
            let top = index / usedColumns * (image.height * scale + padding)
            for y in 0..<image.height * scale {
                var target = ((top + y) * width + left) * channels
                var source = y / scale * image.width * channels
                for _ in 0..<image.width {
                    for _ in 0..<scale {
                        for channel in 0..<channels { samples[target + channel] = image.samples[source + channel] }
                        target += channels
                    }
                    source += channels
                }
            }
        }
        return PixelImage(
            unchecked: samples, width: width, height: height, channels: channels, bitDepth: first.bitDepth)
    }

    /// The size in pixels of the sheet of `count` images, so that it can be refused before they are made.
    ///
    /// Throws `ImageError.noImages`, `.unusableGrid` or `.tooManyPixels`.
    public func size(of count: Int, width: Int, height: Int) throws(ImageError) -> (width: Int, height: Int) {
        guard count > 0 else { throw .noImages }
        guard columns > 0 else { throw .unusableGrid(what: "columns", value: columns) }
        guard padding >= 0 else { throw .unusableGrid(what: "padding", value: padding) }
        guard scale > 0 else { throw .unusableGrid(what: "scale", value: scale) }
        let usedColumns = min(columns, count)
        let size = (extent(width, cells: usedColumns), extent(height, cells: (count - 1) / usedColumns + 1))
        guard let width = size.0, let height = size.1 else { throw .tooManyPixels(pixels: nil, limit: maximumPixels) }
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, pixels <= maximumPixels else {
            throw .tooManyPixels(pixels: overflow ? nil : pixels, limit: maximumPixels)
        }
        return (width, height)
    }

    /// Cuts a sheet of `rows` x `columns` equal cells into its images, row by row.
    ///
    /// Throws `ImageError.unusableGrid`, and `.indivisible` where the cells would not be equal.
    public static func split(
        _ sheet: PixelImage, rows: Int, columns: Int, padding: Int = 0
    ) throws(ImageError) -> [PixelImage] {
        let height = try cell("height", sheet.height, cells: rows, padding: padding, what: "rows")
        let width = try cell("width", sheet.width, cells: columns, padding: padding, what: "columns")
        let channels = sheet.channels
        var images: [PixelImage] = []
        images.reserveCapacity(rows * columns)
        for row in 0..<rows {
            for column in 0..<columns {
                var samples: [UInt16] = []
                samples.reserveCapacity(width * height * channels)
                for y in 0..<height {
                    let start = ((row * (height + padding) + y) * sheet.width + column * (width + padding)) * channels
                    samples.append(contentsOf: sheet.samples[start..<start + width * channels])
                }
                images.append(
                    PixelImage(
                        unchecked: samples, width: width, height: height, channels: channels, bitDepth: sheet.bitDepth))
            }
        }
        return images
    }

    /// The pixels along one axis, or nil where they cannot be counted.
    private func extent(_ size: Int, cells: Int) -> Int? {
        let scaled = size.multipliedReportingOverflow(by: scale)
        let images = scaled.partialValue.multipliedReportingOverflow(by: cells)
        let gaps = padding.multipliedReportingOverflow(by: cells - 1)
        let sum = images.partialValue.addingReportingOverflow(gaps.partialValue)
        return scaled.overflow || images.overflow || gaps.overflow || sum.overflow ? nil : sum.partialValue
    }

    /// The size of one of `cells` equal cells along an axis.
    private static func cell(
        _ axis: String, _ size: Int, cells: Int, padding: Int, what: String
    ) throws(ImageError) -> Int {
        guard cells > 0, cells <= size else { throw .unusableGrid(what: what, value: cells) }
        guard padding >= 0, padding < size else { throw .unusableGrid(what: "padding", value: padding) }
        let gaps = padding.multipliedReportingOverflow(by: cells - 1)
        guard !gaps.overflow, gaps.partialValue < size, (size - gaps.partialValue) % cells == 0 else {
            throw .indivisible(axis: axis, size: size, cells: cells, padding: padding)
        }
        return (size - gaps.partialValue) / cells
    }

    private static func isEqualForm(_ one: PixelImage, _ other: PixelImage) -> Bool {
        one.width == other.width && one.height == other.height && one.channels == other.channels
            && one.bitDepth == other.bitDepth
    }

    private static func form(_ image: PixelImage) -> String {
        "\(image.width)x\(image.height) with \(image.channels) channels of \(image.bitDepth.rawValue) bits"
    }
}
