import Images

/// One part of a dataset: images of one shape as bytes, with a label each or without labels.
public struct Split: Sendable {
    /// The number of images.
    public let count: Int
    /// The shape of each image.
    public let shape: PictureShape
    /// The pixels, 0 to 255: `[count, channels, height, width]`, row-major.
    public let pixels: [UInt8]
    /// One label an image, or nil where the split has none.
    public let labels: [UInt8]?

    /// The order in which a batch's floats are laid out.
    public enum Layout: Sendable {
        /// `[n, channels, height, width]`
        case channelsFirst
        /// `[n, height, width, channels]`
        case channelsLast
    }

    /// Makes a split of `pixels` laid out `[count, channels, height, width]`.
    ///
    /// Throws `DatasetError.labelCountMismatch` and `.wrongPixelCount`.
    public init(
        shape: PictureShape, count: Int, pixels: [UInt8], labels: [UInt8]?, name: String = "split"
    ) throws(DatasetError) {
        let (expected, overflow) = shape.elementCount.multipliedReportingOverflow(by: count)
        guard !overflow, count >= 0, expected == pixels.count else {
            throw .wrongPixelCount(split: name, expected: overflow ? nil : expected, actual: pixels.count)
        }
        if let labels, labels.count != count {
            throw .labelCountMismatch(split: name, images: count, labels: labels.count)
        }
        self.count = count
        self.shape = shape
        self.pixels = pixels
        self.labels = labels
    }

    /// The images at `indices`, in their order, with their labels. Throws `DatasetError.noSuchImage`.
    public func selecting(_ indices: [Int]) throws(DatasetError) -> Split {
        for index in indices { try check(index) }
        var selected: [UInt8] = []
        selected.reserveCapacity(indices.count * shape.elementCount)
        for index in indices { selected += pixels[index * shape.elementCount..<(index + 1) * shape.elementCount] }
        let labels = labels.map { labels in indices.map { labels[$0] } }
        return try Split(shape: shape, count: indices.count, pixels: selected, labels: labels)
    }

    /// How many images carry each label, indexed by label up to the highest one; nil without labels.
    public var labelCounts: [Int]? { labels.map(Self.counts) }

    static func counts(_ labels: [UInt8]) -> [Int] {
        guard let highest = labels.max() else { return [] }
        var counts = [Int](repeating: 0, count: Int(highest) + 1)
        for label in labels { counts[Int(label)] += 1 }
        return counts
    }

    /// The image at `index`. Throws `DatasetError.noSuchImage`.
    public func image(at index: Int) throws(DatasetError) -> PixelImage {
        try check(index)
        let planes = pixels[index * shape.elementCount..<(index + 1) * shape.elementCount]
        let area = shape.height * shape.width
        var samples = [UInt16](repeating: 0, count: shape.elementCount)
        for channel in 0..<shape.channels {
            for position in 0..<area {
                samples[position * shape.channels + channel] = UInt16(
                    planes[planes.startIndex + channel * area + position])
            }
        }
        do throws(ImageError) {
            return try PixelImage(
                width: shape.width, height: shape.height, channels: shape.channels, bitDepth: .eight, samples: samples)
        } catch { throw .unusableImage(reason: error) }
    }

    /// Writes the images at `indices` into `buffer` as floats 0...1 (byte / 255), overwriting all of it.
    ///
    /// `buffer` holds exactly `indices.count * shape.elementCount` floats.
    /// Throws `DatasetError.noSuchImage` and `.wrongBufferSize`, before anything is written.
    @specialized(where Indices == ArraySlice<Int>)
    public func copyBatch<Indices: RandomAccessCollection<Int>>(
        indices: Indices, into buffer: UnsafeMutableBufferPointer<Float>,
        layout: Layout = .channelsFirst
    ) throws(DatasetError) {
        let (needed, overflow) = indices.count.multipliedReportingOverflow(by: shape.elementCount)
        guard !overflow, buffer.count == needed else {
            throw .wrongBufferSize(expected: overflow ? nil : needed, actual: buffer.count)
        }
        for index in indices { try check(index) }
        let area = shape.height * shape.width
        let channels = shape.channels
        pixels.withUnsafeBufferPointer { pixels in
            Self.unitValues.withUnsafeBufferPointer { unitValues in
                var written = 0
                for index in indices {
                    let start = index * shape.elementCount
                    if layout == .channelsFirst || channels == 1 {
                        for element in 0..<shape.elementCount {
                            buffer[written + element] = unitValues[Int(pixels[start + element])]
                        }
                    } else {
                        for channel in 0..<channels {
                            for position in 0..<area {
                                buffer[written + position * channels + channel] =
                                    unitValues[Int(pixels[start + channel * area + position])]
                            }
                        }
                    }
                    written += shape.elementCount
                }
            }
        }
    }

    private func check(_ index: Int) throws(DatasetError) {
        guard index >= 0, index < count else { throw .noSuchImage(index: index, count: count) }
    }

    /// byte / 255 for each byte: the same rounding as a division, at the price of a look-up.
    private static let unitValues: [Float] = (0...255).map { Float($0) / 255 }
}

/// The extents of every image of a dataset.
public struct PictureShape: Hashable, Codable, Sendable, CustomStringConvertible {
    public let channels: Int
    public let height: Int
    public let width: Int

    /// Throws `DatasetError.unusableShape` unless channels are 1...4 and both sides 1...65,535.
    public init(channels: Int, height: Int, width: Int) throws(DatasetError) {
        guard (1...4).contains(channels), (1...65_535).contains(height), (1...65_535).contains(width) else {
            throw .unusableShape(channels: channels, height: height, width: width)
        }
        self.channels = channels
        self.height = height
        self.width = width
    }

    /// channels x height x width
    public var elementCount: Int { channels * height * width }

    public var description: String { "\(channels)x\(height)x\(width)" }
}

extension PictureShape {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            channels: container.decode(Int.self, forKey: .channels),
            height: container.decode(Int.self, forKey: .height), width: container.decode(Int.self, forKey: .width))
    }
}
