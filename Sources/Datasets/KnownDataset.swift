import Digests

/// Facts about datasets that the program knows by name: what the labels mean, and the SHA-256 of each uncompressed file.
public struct KnownDataset: Sendable {
    /// The catalogue's name for it.
    public let name: String
    /// The name for people.
    public let title: String
    /// What each label stands for.
    public let labelNames: [String]
    /// The four files and the digests of their uncompressed content.
    public let files: [File]
    /// Addresses of the publishers' mirrors, each ending in `/`, to which a file's name and `.gz` are appended.
    public let mirrors: [String]

    /// A file that belongs to a dataset.
    public struct File: Sendable, Equatable {
        public let name: String
        /// SHA-256 of the uncompressed content, 64 hexadecimal digits.
        public let digest: String

        public init(name: String, digest: String) {
            self.name = name
            self.digest = digest
        }
    }

    public init(name: String, title: String, labelNames: [String], files: [File], mirrors: [String]) {
        self.name = name
        self.title = title
        self.labelNames = labelNames
        self.files = files
        self.mirrors = mirrors
    }

    /// The dataset of that name, if it is one of `all`.
    public static func named(_ name: String) -> KnownDataset? { all.first { $0.name == name } }

    public static let all = [mnist, fashionMNIST]

    /// LeCun, Cortes and Burges: 60,000 + 10,000 handwritten digits, 28 x 28 grey.
    public static let mnist = KnownDataset(
        name: "mnist", title: "MNIST handwritten digits",
        labelNames: (0...9).map(String.init),
        files: [
            File(
                name: "train-images-idx3-ubyte",
                digest: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
            File(
                name: "train-labels-idx1-ubyte",
                digest: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
            File(
                name: "t10k-images-idx3-ubyte",
                digest: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
            File(
                name: "t10k-labels-idx1-ubyte",
                digest: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
        ],
        mirrors: [
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ])

    /// Zalando Research: 60,000 + 10,000 pieces of clothing, 28 x 28 grey.
    public static let fashionMNIST = KnownDataset(
        name: "fashion-mnist", title: "Fashion-MNIST",
        labelNames: [
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
        ],
        files: [
            File(
                name: "train-images-idx3-ubyte",
                digest: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
            File(
                name: "train-labels-idx1-ubyte",
                digest: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
            File(
                name: "t10k-images-idx3-ubyte",
                digest: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
            File(
                name: "t10k-labels-idx1-ubyte",
                digest: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
        ],
        mirrors: ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"])
}
