/// Models taken in and out of service by hand.
extension ModelRepository {
    /// Whether some version of a name is there to be loaded, now.
    public func isOnDisk(_ name: String) -> Bool { versionsOnDisk(of: name) != nil }

    /// Reads the newest version of a name from disk, or the one that was rolled back to, whatever is served now, and
    /// serves it.
    ///
    /// Where that version is damaged, what is served stays, and the next attempt begins from anew.
    @discardableResult
    public func load(named name: String) throws(RepositoryError) -> ServedModel {
        try changing { () throws(RepositoryError) -> ServedModel in
            guard let versions = versionsOnDisk(of: name), let version = order(of: name, versions.keys).first,
                let folder = versions[version]
            else { throw .notFound(name: name) }
            let known = versions.keys.sorted()
            update(name, versions: known) { $0.isLoading = true }
            do {
                let model = try read(name, version: version, folder: folder)
                update(name, versions: known) { $0 = ModelListing(name: name, versions: known, served: model) }
                return model
            } catch {
                let failure = ModelListing.Failure(version: version, reason: "\(error)")
                update(name, versions: known) { ($0.failure, $0.isLoading) = (failure, false) }
                throw .notLoaded(name: name, version: failure.version, reason: failure.reason)
            }
        }
    }

    /// Takes a model out of service. Requests that have it finish with it; its memory goes with the last of them.
    ///
    /// It stays so until it is loaded, a new version of it is published, or the program starts again.
    public func unload(named name: String) throws(RepositoryError) {
        try changing { () throws(RepositoryError) in
            guard let listing = listing(named: name) else { throw .notFound(name: name) }
            update(name, versions: listing.versions) {
                // Unloaded twice, it may still be in use.
                $0.former = $0.served.map { FormerModel($0) } ?? $0.former ?? FormerModel(nil)
                $0.served = nil
            }
        }
    }
}
