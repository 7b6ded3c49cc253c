import Autoencoders

/// One version of a model as a person writes it, NAME or NAME/VERSION; without a version the newest is meant.
public struct ModelVersion: Equatable, Sendable {
    public let name: String
    public let version: Int?

    public static let limit = 999_999_999

    public init(_ text: String) throws(RepositoryError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let name = parts.first, TrainingSpecification.isUsable(name: name) else { throw .unusableName(text) }
        self.name = name
        guard parts.count == 2 else {
            version = nil
            return
        }
        guard let number = Self.number(parts[1]) else { throw .unusableName(text) }
        version = number
    }

    /// A folder's name as a version, nil where it is none: no signs, no leading zeros.
    static func number(_ text: String) -> Int? {
        guard let number = Int(text), (1...limit).contains(number), String(number) == text else { return nil }
        return number
    }

    /// Looked up in a listing of the folders; later ones count first. What is there need not be sound.
    public func found(in roots: [String]) throws(RepositoryError) -> (version: Int, folder: CheckpointFolder) {
        guard let versions = RepositoryScan(roots: roots).models[name], let newest = versions.keys.max() else {
            throw .notFound(name: name)
        }
        let number = version ?? newest
        guard let folder = versions[number] else {
            throw .versionNotFound(name: name, version: number, known: versions.keys.sorted())
        }
        return (number, folder)
    }
}
