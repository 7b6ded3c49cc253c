/// What the repository knows of one name.
public struct ModelListing: Sendable {
    public enum State: Sendable, Equatable {
        case ready
        /// No version can be served; the reason is that of the newest.
        case failed(reason: String)
    }

    /// A version that could not be loaded.
    public struct Failure: Sendable, Equatable {
        public let version: Int
        /// Fit to be shown to anybody.
        public let reason: String
    }

    public let name: String
    /// Every version on disk, ascending, whether it can be loaded or not.
    public let versions: [Int]
    public let served: ServedModel?
    /// Why the newest version is not the one that is served; nil where it is.
    public let failure: Failure?

    public var state: State {
        served == nil ? .failed(reason: failure?.reason ?? "It has no versions.") : .ready
    }
}

/// Why a model cannot be published.
public enum RepositoryError: Error, Equatable, CustomStringConvertible {
    case unusableName(String)
    /// The repository has no folder that it may write to.
    case readOnly
    case file(FileFault)
    /// The model was refused; the version that was served stays.
    case refused(name: String, reason: String)

    public var description: String {
        switch self {
        case .unusableName(let name):
            "'\(name.prefix(80))' cannot name a model; names are 1 to 64 of a-z, 0-9, '.', '_' and '-', and start with "
                + "a letter or digit."
        case .readOnly: "There is no folder to publish models in."
        case .file(let fault): fault.description
        case .refused(let name, let reason): "The new version of '\(name)' cannot be served. \(reason)"
        }
    }
}
