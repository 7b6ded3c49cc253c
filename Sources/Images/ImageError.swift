/// Why an image cannot be made, changed or laid out as asked.
public enum ImageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Width or height is not positive, or the image would have more samples than 64 bits can count.
    case unusableSize(width: Int, height: Int)
    /// Not 1 (grey), 2 (grey and alpha), 3 (RGB) or 4 (RGB and alpha) channels.
    case unusableChannels(Int)
    /// The number of samples is not width x height x channels.
    case wrongSampleCount(expected: Int, actual: Int)
    /// A sample is greater than the bit depth allows.
    case sampleOutOfRange(index: Int, value: Int, maximum: Int)
    /// A value to be drawn is not a finite number.
    case notANumber(index: Int)
    /// More than `limit` pixels would be needed; `pixels` is nil where they cannot be counted.
    case tooManyPixels(pixels: Int?, limit: Int)
    /// No image was given where at least one is needed.
    case noImages
    /// An image of a grid differs from the first one.
    case unequalImages(index: Int, expected: String, actual: String)
    /// A number of rows or columns, a padding or a scale that makes no grid.
    case unusableGrid(what: String, value: Int)
    /// An image whose width or height is not made of that many equal cells.
    case indivisible(axis: String, size: Int, cells: Int, padding: Int)

    public var description: String {
        switch self {
        case .unusableSize(let width, let height): "An image of \(width)x\(height) pixels cannot be made."
        case .unusableChannels(let channels): "An image has 1 to 4 channels, not \(channels)."
        case .wrongSampleCount(let expected, let actual): "The image needs \(expected) values, not \(actual)."
        case .sampleOutOfRange(let index, let value, let maximum):
            "Value \(index) of the image is \(value), more than \(maximum)."
        case .notANumber(let index): "Value \(index) of the image is not a finite number."
        case .tooManyPixels(let pixels, let limit):
            "The image would have \(pixels.map(String.init) ?? "too many") pixels; the limit is \(limit)."
        case .noImages: "A grid needs at least one image."
        case .unequalImages(let index, let expected, let actual):
            "Image \(index) of the grid is \(actual), but the first one is \(expected)."
        case .unusableGrid(let what, let value): "A grid cannot be made with \(what) \(value)."
        case .indivisible(let axis, let size, let cells, let padding):
            "The image's \(axis) of \(size) pixels is not \(cells) equal cells"
                + (padding == 0 ? "." : " with \(padding) pixels of padding.")
        }
    }
}
