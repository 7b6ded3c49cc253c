import Autoencoders

/// New versions, each published by one rename.
extension ModelRepository {
    /// Makes a finished checkpoint folder the next version of `name`, or `version` above all that there are, and serves
    /// it.
    ///
    /// The folder is moved into the writable root, or copied and removed where that is another file system. Before
    /// that it is loaded, and its self-test run where it has one: one that cannot be served stays where it is, and so does
    /// the version that was served.
    public func publish(
        _ folder: CheckpointFolder, as name: String, version: Int? = nil
    ) throws(RepositoryError) -> ServedModel {
        guard TrainingSpecification.isUsable(name: name) else { throw .unusableName(name) }
        let root = try writableFolder()
        return try changing { () throws(RepositoryError) -> ServedModel in
            let loaded: LoadedModel
            do {
                loaded = try load(folder)
                try folder.selfTest()?.check(loaded.autoencoder)
            } catch let failure as SelfTestFailure {
                throw .selfTestFailed(name: name, failure)
            } catch {
                throw .refused(name: name, reason: "\(error)")
            }
            let (known, version) = try newVersion(of: name, version)
            let target = CheckpointFolder(path: "\(root)/\(name)/\(version)")
            do throws(FileFault) { try FolderMove.move(folder.path, to: target.path) } catch {
                FolderPublication.removeIfEmpty("\(root)/\(name)")
                throw .file(error)
            }
            let model = ServedModel(name: name, version: version, loaded: loaded, folder: target)
            let versions = known + [version]
            update(name, versions: versions) {
                $0 = ModelListing(name: name, versions: versions, served: model, failure: nil)
            }
            return model
        }
    }

    /// Publishes a checkpoint that is on no disk yet: written to a hidden folder beside the models, then read from there,
    /// run and moved as any other.
    public func publish(
        _ checkpoint: Checkpoint, as name: String, version: Int? = nil
    ) throws(RepositoryError) -> ServedModel {
        guard TrainingSpecification.isUsable(name: name) else { throw .unusableName(name) }
        let root = try writableFolder()
        _ = try newVersion(of: name, version)
        // No model's name has an @, so that no other one's folder is taken for what a killed import has left.
        let hidden = "\(name)@import"
        FolderPublication.removeLeftovers(of: hidden, in: root)
        let scratch = CheckpointFolder(path: "\(root)/.\(hidden).\(DurableFile.scratchSuffix()).partial")
        defer { try? FolderPublication.remove(scratch.path) }
        do {
            try scratch.publish(checkpoint)
        } catch CheckpointError.file(let fault) {
            let shown = fault.name.hasPrefix(".\(hidden)") ? name : fault.name
            throw .file(FileFault(fault.step, name: shown, code: fault.code))
        } catch {
            throw .refused(name: name, reason: "\(error)")
        }
        return try publish(scratch, as: name, version: version)
    }

    /// The versions that there are, ascending, and the number of the one to come.
    private func newVersion(of name: String, _ wanted: Int?) throws(RepositoryError) -> (known: [Int], new: Int) {
        let known = (versionsOnDisk(of: name)?.keys).map { $0.sorted() } ?? []
        let root = try writableFolder()
        let next: Int
        do throws(FileFault) { next = try VersionShelf(path: "\(root)/\(name)").next(after: known) } catch {
            throw .file(error)
        }
        let (newest, version) = (next - 1, wanted ?? next)
        guard (1...ModelVersion.limit).contains(version) else { throw .versionOutOfRange(version) }
        guard version > newest else { throw .notNew(name: name, version: version, newest: newest) }
        return (known, version)
    }
}
