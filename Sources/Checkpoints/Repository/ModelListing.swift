import Synchronization

/// What the repository knows of one name.
public struct ModelListing: Sendable {
    public enum State: Sendable, Equatable {
        case ready
        /// The first version to be served is being loaded.
        case loading
        /// Taken out of service; a request that came before still has it.
        case unloading
        /// Taken out of service by `unload`.
        case unloaded
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
    public internal(set) var versions: [Int]
    public internal(set) var served: ServedModel?
    /// Why the newest version is not the one that is served; nil where it is.
    public internal(set) var failure: Failure?
    /// There once it has been unloaded, until it is loaded again.
    var former: FormerModel?
    var isLoading = false

    public var state: State {
        if served != nil { return .ready }
        if isLoading { return .loading }
        if let former { return former.isInUse ? .unloading : .unloaded }
        return .failed(reason: failure?.reason ?? "It has no versions.")
    }
}

/// A model that is no longer served, held by nothing but the requests that found it.
final class FormerModel: Sendable {
    private struct Reference: Sendable { weak var model: ServedModel? }

    private let reference: Mutex<Reference>

    init(_ model: ServedModel?) { reference = Mutex(Reference(model: model)) }

    var isInUse: Bool { reference.withLock { $0.model != nil } }
}

/// Why a model cannot be published, loaded, unloaded or removed.
public enum RepositoryError: Error, Equatable, CustomStringConvertible {
    case unusableName(String)
    /// There is no model of this name, on disk where it was to be loaded.
    case notFound(name: String)
    /// The newest version on disk is damaged; what was served before still is.
    case notLoaded(name: String, version: Int, reason: String)
    case noVersion(name: String, version: Int, known: [Int])
    /// Nothing is before the version that is served, but for what was set aside.
    case noPreviousVersion(name: String, version: Int)
    /// The version lies in a folder that is only read.
    case notPublished(name: String, version: Int)
    case notRemoved(name: String, version: Int, fault: FileFault)
    /// The repository has no folder that it may write to.
    case readOnly
    case file(FileFault)
    /// The model was refused; the version that was served stays.
    case refused(name: String, reason: String)
    /// The model was refused, since it does not give what it gave where it was trained.
    case selfTestFailed(name: String, SelfTestFailure)
    /// A version to be published that is not above all that there are.
    case notNew(name: String, version: Int, newest: Int)
    /// A version number beyond what a folder may be called.
    case versionOutOfRange(Int)
    /// There is no such version; `known` are those on disk.
    case versionNotFound(name: String, version: Int, known: [Int])

    public var description: String {
        switch self {
        case .unusableName(let name):
            "'\(name.prefix(80))' cannot name a model; names are 1 to 64 of a-z, 0-9, '.', '_' and '-', and start with "
                + "a letter or digit."
        case .notFound(let name): "There is no model '\(name.prefix(80))'."
        case .notLoaded(let name, let version, let reason):
            "Version \(version) of '\(name)' cannot be loaded. \(reason)"
        case .noVersion(let name, let version, let known):
            "Model '\(name)' has no version \(version); it has \(known.map(String.init).joined(separator: ", "))."
        case .noPreviousVersion(let name, let version):
            "Model '\(name)' has no version before \(version) to go back to."
        case .notPublished(let name, let version):
            "Version \(version) of '\(name)' was not published by this daemon; it lies in a folder that is only read."
        case .notRemoved(let name, let version, let fault):
            "Version \(version) of '\(name)' cannot be removed. \(fault)"
        case .readOnly: "There is no folder to publish models in."
        case .file(let fault): fault.description
        case .refused(let name, let reason): "The new version of '\(name)' cannot be served. \(reason)"
        case .selfTestFailed(let name, let failure): "The new version of '\(name)' fails its self-test. \(failure)"
        case .notNew(let name, let version, let newest):
            "'\(name)' has versions up to \(newest); a new one is \(newest + 1) or above, not \(version)."
        case .versionOutOfRange(let version): "The version is \(version); expected 1 to \(ModelVersion.limit)."
        case .versionNotFound(let name, let version, let known):
            "'\(name)' has no version \(version); it has \(known.map(String.init).joined(separator: ", "))."
        }
    }
}
