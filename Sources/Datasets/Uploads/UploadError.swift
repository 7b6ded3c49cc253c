import Images

/// Why a dataset that somebody brings is not kept, or one that is kept does not go.
public enum UploadError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The name is not one that a dataset can have.
    case unusableName(String)
    /// The name is a known dataset's, which means its published content.
    case reservedName(String)
    /// Another dataset has the name.
    case nameTaken(String)
    /// It was not brought by a client, so that it is not for clients to remove.
    case notUploaded(String)
    /// One of the files is not a sound IDX file.
    case unsoundFile(IDXError)
    /// One of the pictures is not a sound PNG.
    case unsoundPicture(file: String, reason: PNGError)
    /// An image, or a file of images, has another size than the first one.
    case unequalSizes(file: String, expected: String, actual: String)
    /// Extents that no dataset can have.
    case unusableShape(file: String, reason: DatasetError)
    case labelCountMismatch(file: String, expected: Int, actual: Int)
    case labelOutOfRange(file: String, index: Int, label: Int)
    /// A picture whose name has no usable `LABEL/` in front, or has one where the others of its part have none.
    case unusableLabel(file: String, expected: String)
    case tooManyLabels(limit: Int, actual: Int)
    /// A part with fewer images than it needs.
    case tooFewImages(part: Dataset.Part, expected: Int, actual: Int)
    /// The dataset alone is larger than one may be; `bytes` is nil where they cannot be counted.
    case tooLarge(bytes: Int?, limit: Int)
    /// With what is kept already it would be more than all may take.
    case quotaExceeded(used: Int, asked: Int, limit: Int)
    /// The folder cannot be written to.
    case notStored(StorageFault)

    /// The labels that a byte beside the images can say; 255 stands for none.
    static let labels = 0...254

    public var description: String {
        switch self {
        case .unusableName(let name):
            "'\(name.prefix(80))' cannot be a dataset's name: expected 1 to 64 letters, digits, '.', '_' and '-', "
                + "beginning with a letter or digit."
        case .reservedName(let name): "'\(name)' is the name of a known dataset; choose another one."
        case .nameTaken(let name): "There is a dataset '\(name)' with other content; remove it or choose another name."
        case .notUploaded(let name): "The dataset '\(name)' was not uploaded, so that it cannot be removed here."
        case .unsoundFile(let reason): reason.description
        case .unsoundPicture(let file, let reason): "'\(file.prefix(80))' cannot be used. \(reason)"
        case .unequalSizes(let file, let expected, let actual):
            "'\(file.prefix(80))' is \(actual); the first image is \(expected)."
        case .unusableShape(let file, let reason): "'\(file)' cannot be used. \(reason)"
        case .labelCountMismatch(let file, let expected, let actual):
            "'\(file)' holds \(actual) labels; there are \(expected) images."
        case .labelOutOfRange(let file, let index, let label):
            "Label \(index) of '\(file)' is \(label); it must be from \(Self.labels.lowerBound) to "
                + "\(Self.labels.upperBound)."
        case .unusableLabel(let file, let expected): "'\(file.prefix(80))' has no usable label; expected \(expected)."
        case .tooManyLabels(let limit, let actual): "There are \(actual) different labels; the limit is \(limit)."
        case .tooFewImages(let part, let expected, let actual):
            "The \(part.rawValue) part has \(actual) images; expected at least \(expected)."
        case .tooLarge(let bytes, let limit):
            "The dataset takes \(bytes.map { "\($0) bytes" } ?? "more bytes than can be counted"); "
                + "the limit is \(limit)."
        case .quotaExceeded(let used, let asked, let limit):
            "The dataset takes \(asked) bytes and those that were uploaded before take \(used); all may take \(limit)."
        case .notStored(let fault): "The dataset cannot be stored: \(fault)."
        }
    }
}
