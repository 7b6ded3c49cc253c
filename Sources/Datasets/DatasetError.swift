import Images

/// What can be wrong with a dataset, its files or a question asked of it.
public enum DatasetError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No dataset of that name; `available` are the names that there are.
    case noSuchDataset(name: String, available: [String])
    /// A dataset's folder lacks a file that it needs.
    case missingFile(dataset: String, file: String)
    /// One of the files is not a sound IDX file.
    case unsoundFile(dataset: String, reason: IDXError)
    /// A split has not one label an image.
    case labelCountMismatch(split: String, images: Int, labels: Int)
    /// The two parts hold images of different shapes.
    case shapesDiffer(dataset: String, train: PictureShape, test: PictureShape)
    /// Images of no pixels, too many channels or huge sides.
    case unusableShape(channels: Int, height: Int, width: Int)
    /// The pixels are not count x channels x height x width; `expected` is nil where that cannot be counted.
    case wrongPixelCount(split: String, expected: Int?, actual: Int)
    /// An index outside a split.
    case noSuchImage(index: Int, count: Int)
    /// A batch's buffer has not exactly the floats that the batch fills.
    case wrongBufferSize(expected: Int?, actual: Int)
    /// A batch size or count that is not positive.
    case unusableBatchSize(Int)
    /// An image could not be made of its pixels.
    case unusableImage(reason: ImageError)

    public var description: String {
        switch self {
        case .noSuchDataset(let name, let available):
            "There is no dataset '\(name.prefix(80))'. "
                + (available.isEmpty ? "None was found." : "There are: \(available.joined(separator: ", ")).")
        case .missingFile(let dataset, let file): "The dataset '\(dataset)' lacks its file '\(file)'."
        case .unsoundFile(let dataset, let reason): "The dataset '\(dataset)' cannot be read. \(reason)"
        case .labelCountMismatch(let split, let images, let labels):
            "The \(split) split has \(images) images, but \(labels) labels."
        case .shapesDiffer(let dataset, let train, let test):
            "The dataset '\(dataset)' has training images of \(train), but test images of \(test)."
        case .unusableShape(let channels, let height, let width):
            "Images of \(channels)x\(height)x\(width) (channels, height, width) cannot be used."
        case .wrongPixelCount(let split, let expected, let actual):
            "The \(split) split has \(actual) pixel values instead of \(expected.map(String.init) ?? "too many to count")."
        case .noSuchImage(let index, let count): "There is no image \(index): the split has \(count)."
        case .wrongBufferSize(let expected, let actual):
            "The buffer holds \(actual) values instead of \(expected.map(String.init) ?? "too many to count")."
        case .unusableBatchSize(let size): "A batch of \(size) images cannot be made."
        case .unusableImage(let reason): "The image cannot be used. \(reason)"
        }
    }
}
