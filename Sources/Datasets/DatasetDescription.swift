/// What the API and the command line tell about a dataset. It names no path of this machine.
public struct DatasetDescription: Codable, Equatable, Sendable {
    /// The name by which jobs and requests ask for it.
    public let name: String
    /// The name for people.
    public let title: String
    /// What kind of place it was found in.
    public let source: DatasetSource
    public let shape: PictureShape
    /// What each label stands for, where that is known.
    public let labelNames: [String]?
    /// What is known of its upload; nil where it was not uploaded.
    public let manifest: DatasetManifest?
    /// The training and the test part, in that order.
    public let splits: [SplitDescription]

    enum CodingKeys: String, CodingKey {
        case name, title, source, shape, manifest, splits
        case labelNames = "label_names"
    }
}

/// One part of a described dataset.
public struct SplitDescription: Codable, Equatable, Sendable {
    public let name: Dataset.Part
    /// The number of images.
    public let count: Int
    /// How many images carry each label, indexed by label; nil where there are no labels.
    public let labelCounts: [Int]?

    enum CodingKeys: String, CodingKey {
        case name, count
        case labelCounts = "label_counts"
    }
}

/// The kinds of places that are searched, in the order of precedence.
public enum DatasetSource: String, Codable, Sendable {
    /// A folder that the user named.
    case dataDirectory = "data_dir"
    /// The daemon's own state folder, for uploaded datasets.
    case state
    /// The system's folder, which distribution packages fill.
    case system
}
