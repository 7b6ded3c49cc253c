/// Versions taken off the disk for good.
extension ModelRepository {
    /// Removes a version that was published here, served or not; where it was served, the newest of the others that
    /// loads takes its place in one step, and without others the model is gone.
    ///
    /// The folder first gets a hidden name and is deleted after that, so that a crash leaves no half version. Requests
    /// that have the version finish with it.
    public func remove(version: Int, of name: String) throws(RepositoryError) {
        try changing { () throws(RepositoryError) in
            guard let versions = versionsOnDisk(of: name) else { throw .notFound(name: name) }
            guard let folder = versions[version] else {
                throw .noVersion(name: name, version: version, known: versions.keys.sorted())
            }
            guard let writableRoot, folder.path == "\(writableRoot)/\(name)/\(version)" else {
                throw .notPublished(name: name, version: version)
            }
            // Read when first asked for, which for those who have the version may be later.
            if let served = model(named: name), served.isOf(folder) { _ = try? served.map() }
            do throws(FileFault) {
                try VersionShelf(path: "\(writableRoot)/\(name)").remove(version) { takeOver(name, from: folder) }
            } catch { throw .notRemoved(name: name, version: version, fault: error) }
        }
    }

    /// What is served after a version's folder has gone.
    private func takeOver(_ name: String, from folder: CheckpointFolder) {
        guard let left = versionsOnDisk(of: name) else { return forget(name) }
        guard let listing = listing(named: name) else { return }
        if listing.former == nil, listing.served?.isOf(folder) ?? true { return serveNewest(of: name, left) }
        update(name, versions: left.keys.sorted()) { listing in
            if let failure = listing.failure, left[failure.version] == nil { listing.failure = nil }
        }
    }
}
