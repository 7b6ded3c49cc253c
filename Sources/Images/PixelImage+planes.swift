extension PixelImage {
    /// The image as floats 0...1, `[channels, height, width]`: each sample divided by its bit depth's maximum, so that a
    /// 16-bit image keeps its precision.
    public func planes() -> [Float] {
        let area = pixelCount
        let maximum = Float(bitDepth.maximum)
        return samples.withUnsafeBufferPointer { samples in
            [Float](unsafeUninitializedCapacity: samples.count) { planes, count in
                if channels == 1 {  // nothing to reorder: as many at a time as a vector holds
                    for position in 0..<area { planes[position] = Float(samples[position]) / maximum }
                } else {
                    for position in 0..<area {
                        for channel in 0..<channels {
                            planes[channel * area + position] = Float(samples[position * channels + channel]) / maximum
                        }
                    }
                }
                count = samples.count
            }
        }
    }

    /// The image as floats 0...1, `[channels, height, width]`, with its channels converted as `converted(toChannels:)` does.
    public func planes(channels target: Int) throws(ImageError) -> [Float] {
        try converted(toChannels: target).planes()
    }

    /// Makes an image of floats `[channels, height, width]`: clamped to 0...1, scaled, rounded to the nearest.
    ///
    /// Throws `ImageError.notANumber` naming the first value that is not finite, and what the other initialisers throw.
    public init(
        planes: UnsafeBufferPointer<Float>, channels: Int, height: Int, width: Int, bitDepth: BitDepth = .eight
    ) throws(ImageError) {
        let expected = try Self.sampleCount(width: width, height: height, channels: channels)
        guard planes.count == expected else { throw .wrongSampleCount(expected: expected, actual: planes.count) }
        let area = width * height
        let maximum = Float(bitDepth.maximum)
        var samples = [UInt16](repeating: 0, count: expected)
        for channel in 0..<channels {
            for position in 0..<area {
                let value = planes[channel * area + position]
                guard value.isFinite else { throw .notANumber(index: channel * area + position) }
                samples[position * channels + channel] = UInt16((min(max(value, 0), 1) * maximum).rounded())
            }
        }
        self.init(unchecked: samples, width: width, height: height, channels: channels, bitDepth: bitDepth)
    }

    /// Makes an image of floats `[channels, height, width]`, e.g. one row of a batch; see the other initialiser.
    public init(
        planes: ArraySlice<Float>, channels: Int, height: Int, width: Int, bitDepth: BitDepth = .eight
    ) throws(ImageError) {
        let result: Result<PixelImage, ImageError> = planes.withUnsafeBufferPointer { planes in
            do throws(ImageError) {
                return .success(
                    try PixelImage(planes: planes, channels: channels, height: height, width: width, bitDepth: bitDepth)
                )
            } catch { return .failure(error) }
        }
        self = try result.get()
    }

    /// Makes an image of floats `[channels, height, width]`; see the other initialiser.
    public init(
        planes: [Float], channels: Int, height: Int, width: Int, bitDepth: BitDepth = .eight
    ) throws(ImageError) {
        try self.init(planes: planes[...], channels: channels, height: height, width: width, bitDepth: bitDepth)
    }
}
