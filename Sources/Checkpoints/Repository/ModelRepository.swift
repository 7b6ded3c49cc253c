import Autoencoders
import Kernels
import Synchronization

/// The models that are served: the newest loadable version of each name under some folders, or the one that was rolled
/// back to.
///
/// A look-up never waits for a load. A version is loaded and warm before it takes the place of the former one in one
/// step; one that cannot be loaded is reported and disturbs nothing else.
public final class ModelRepository: Sendable {
    private let roots: [String]
    let writableRoot: String?
    private let pool: KernelPool
    private let backend: any Backend
    /// Held while versions are loaded or published; one such change at a time.
    private let change = Mutex<Void>(())
    private let listings = Mutex<[String: ModelListing]>([:])

    /// Knows no model before the first `scan`.
    ///
    /// - Parameters:
    ///   - bundled: folders that are only read; one that is not there counts as empty.
    ///   - writable: where `publish` puts new versions; made when first needed.
    public init(bundled: [String], writable: String?, pool: KernelPool, backend: any Backend) {
        roots = bundled + (writable.map { [$0] } ?? [])
        (writableRoot, self.pool, self.backend) = (writable, pool, backend)
    }

    /// The model of that name as it is now, nil where there is none that can be served.
    public func model(named name: String) -> ServedModel? { listings.withLock { $0[name]?.served } }

    /// What is known of one name, nil where nothing is.
    public func listing(named name: String) -> ModelListing? { listings.withLock { $0[name] } }

    public func knows(_ name: String) -> Bool { listings.withLock { $0[name] != nil } }

    /// Every name, sorted.
    public func list() -> [ModelListing] { listings.withLock { $0.values.sorted { $0.name < $1.name } } }

    /// Looks through the folders and loads what is new, but for what was unloaded. Gives the folders that could not be
    /// listed.
    @discardableResult
    public func scan() -> [FileFault] {
        change.withLock { _ in
            if let writableRoot { VersionShelf.sweepAll(in: writableRoot) }
            let scan = RepositoryScan(roots: roots)
            for (name, versions) in scan.models {
                if var listing = listing(named: name), listing.former != nil {
                    listing.versions = versions.keys.sorted()
                    listings.withLock { $0[name] = listing }
                    continue
                }
                serveNewest(of: name, versions)
            }
            listings.withLock { listings in
                for name in listings.keys where scan.models[name] == nil { listings[name] = nil }
            }
            return scan.faults
        }
    }

    // MARK: For publishing, `load` and `unload`

    func writableFolder() throws(RepositoryError) -> String {
        guard let writableRoot else { throw .readOnly }
        return writableRoot
    }

    func load(_ folder: CheckpointFolder) throws -> LoadedModel {
        try LoadedModel(folder, pool: pool, backend: backend)
    }

    func changing<Value>(_ body: () throws(RepositoryError) -> Value) throws(RepositoryError) -> Value {
        try change.withLock { (_) throws(RepositoryError) -> Value in try body() }
    }

    func versionsOnDisk(of name: String) -> [Int: CheckpointFolder]? { RepositoryScan(roots: roots).models[name] }

    func read(_ name: String, version: Int, folder: CheckpointFolder) throws -> ServedModel {
        ServedModel(name: name, version: version, loaded: try load(folder), folder: folder)
    }

    func update(_ name: String, versions: [Int], _ body: (inout ModelListing) -> Void) {
        listings.withLock { listings in
            var listing = listings[name] ?? ModelListing(name: name, versions: versions)
            listing.versions = versions
            body(&listing)
            listings[name] = listing
        }
    }

    func serveNewest(of name: String, _ versions: [Int: CheckpointFolder]) {
        let listing = load(name, versions)
        listings.withLock { $0[name] = listing }
    }

    func forget(_ name: String) { listings.withLock { $0[name] = nil } }

    /// The newest version that loads, but for those that a rollback has set aside; the one that is served now is not loaded again.
    private func load(_ name: String, _ versions: [Int: CheckpointFolder]) -> ModelListing {
        let current = model(named: name)
        var failure: ModelListing.Failure?
        for version in order(of: name, versions.keys) {
            guard let folder = versions[version] else { continue }
            if let current, current.version == version, current.isOf(folder) {
                return ModelListing(name: name, versions: versions.keys.sorted(), served: current, failure: failure)
            }
            do {
                let model = try read(name, version: version, folder: folder)
                return ModelListing(name: name, versions: versions.keys.sorted(), served: model, failure: failure)
            } catch {
                failure = failure ?? ModelListing.Failure(version: version, reason: "\(error)")
            }
        }
        return ModelListing(name: name, versions: versions.keys.sorted(), served: nil, failure: failure)
    }
}
