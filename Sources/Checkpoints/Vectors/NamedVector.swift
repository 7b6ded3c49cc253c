import Autoencoders

/// A direction or a place in one version's latent space that has a name, such as "smile".
public struct NamedVector: Sendable, Equatable {
    /// Where a vector comes from.
    public enum Origin: Codable, Sendable, Equatable {
        /// Given as numbers.
        case latent
        /// The mean of `to` points minus the mean of `from` points.
        case difference(from: Int, to: Int)
        /// The mean of `with` samples of a label minus the mean of `without` others.
        case label(dataset: String, split: String, label: Int, with: Int, without: Int)
    }

    public let name: String
    /// [latent dimension], finite.
    public let values: [Float]
    /// Nil in a file of another program.
    public let origin: Origin?
    /// UTC, ISO 8601; nil in a file of another program.
    public let createdAt: String?

    public init(name: String, values: [Float], origin: Origin?, createdAt: String?) {
        (self.name, self.values, self.origin, self.createdAt) = (name, values, origin, createdAt)
    }

    /// The same names as models may have. They are keys in a table, never parts of a path.
    public static func isUsable(name: String) -> Bool { TrainingSpecification.isUsable(name: name) }
}

/// Why named vectors cannot be read or kept.
public enum NamedVectorError: Error, Equatable, CustomStringConvertible {
    case unusableName(String)
    case dimension(expected: Int, actual: Int)
    /// Too many vectors, or too many numbers in all of them.
    case full(what: String, limit: Int)
    /// There is no folder to keep them in.
    case readOnly
    /// The file is there, but damaged; it is left as it is.
    case unreadable(CheckpointError)
    case notWritten(FileFault)

    public var description: String {
        switch self {
        case .unusableName(let name):
            "'\(name.prefix(80))' cannot name a vector; names are 1 to 64 of a-z, 0-9, '.', '_' and '-', and start "
                + "with a letter or digit."
        case .dimension(let expected, let actual): "The vector has \(actual) numbers; the model's latents \(expected)."
        case .full(let what, let limit): "A version of a model may have \(limit) \(what); delete some first."
        case .readOnly: "There is no folder to keep vectors in."
        case .unreadable(let error): "The named vectors cannot be read. \(error)"
        case .notWritten(let fault): fault.description
        }
    }
}
