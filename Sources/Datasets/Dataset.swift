import Digests
import Images

/// Labelled images with a training and a test part that are never mixed. Immutable, so it is shared freely.
public struct Dataset: Sendable {
    /// The name by which the catalogue finds it, e.g. `mnist`.
    public let name: String
    /// The images that a model may learn from.
    public let train: Split
    /// The images that only judge a model.
    public let test: Split
    /// What the labels stand for, where that is known, indexed by label.
    public let labelNames: [String]?

    /// The shape of each image in both parts.
    public var shape: PictureShape { train.shape }

    /// Throws `DatasetError.shapesDiffer` where the parts hold images of different shapes.
    public init(name: String, train: Split, test: Split, labelNames: [String]? = nil) throws(DatasetError) {
        guard train.shape == test.shape else {
            throw .shapesDiffer(dataset: name, train: train.shape, test: test.shape)
        }
        self.name = name
        self.train = train
        self.test = test
        self.labelNames = labelNames
    }

    /// Tells whether another dataset holds the same images and labels in the same order: 64 hexadecimal digits.
    public func digest() throws(DigestError) -> String {
        var digest = try SHA256()
        for part in [train, test] {
            try digest.update(Array("\(part.count) images of \(part.shape), labels: \(part.labels != nil)\n".utf8))
            try digest.update(part.pixels)
            if let labels = part.labels { try digest.update(labels) }
        }
        return try digest.finish().hexadecimal
    }

    /// The parts of a dataset by the names that the API uses.
    public enum Part: String, Codable, Sendable, CaseIterable {
        case train
        case test
    }

    public subscript(part: Part) -> Split {
        switch part {
        case .train: train
        case .test: test
        }
    }
}
