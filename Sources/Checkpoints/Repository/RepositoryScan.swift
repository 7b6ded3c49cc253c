import Autoencoders

/// The versions that lie under a repository's roots, found by listing: no name from outside ever becomes a path.
struct RepositoryScan {
    /// Folders by version, by name.
    private(set) var models: [String: [Int: CheckpointFolder]] = [:]
    /// Roots that could not be listed.
    private(set) var faults: [FileFault] = []

    /// - Parameter roots: where two hold the same version of a name, the later one counts.
    init(roots: [String]) {
        for root in roots where FolderPublication.isFolder(root) {
            for name in names(in: root) where TrainingSpecification.isUsable(name: name) {
                for (version, folder) in versions(in: "\(root)/\(name)") {
                    models[name, default: [:]][version] = folder
                }
            }
        }
    }

    private mutating func names(in folder: String) -> [String] {
        do {
            return try FolderPublication.list(folder).filter { FolderPublication.isFolder("\(folder)/\($0)") }
        } catch {
            faults.append(error)
            return []
        }
    }

    /// NAME/VERSION/; and NAME/ itself counts as version 1 where it is a checkpoint.
    private mutating func versions(in folder: String) -> [(Int, CheckpointFolder)] {
        let own = CheckpointFolder(path: folder)
        var versions = own.exists ? [(1, own)] : []
        for name in names(in: folder) {
            guard let version = ModelVersion.number(name) else { continue }
            versions.append((version, CheckpointFolder(path: "\(folder)/\(name)")))
        }
        return versions
    }
}
