import Glibc

/// Moves a finished folder to its place in one step, whichever file system it comes from.
enum FolderMove {
    /// Nothing may be at `destination` yet; its parents are made. Where a rename cannot reach it, the files are copied
    /// to a hidden folder beside it, synced and renamed, and the source is removed.
    static func move(_ source: String, to destination: String) throws(FileFault) {
        let (parent, name) = FolderPublication.split(destination)
        try FolderPublication.makeFolders(parent)
        if rename(source, destination) == 0 {
            try DurableFile.synchroniseFolder(parent, reportedAs: name)
            return
        }
        guard errno == EXDEV else { throw FileFault(.rename, name: name, code: errno) }
        try copy(source, to: destination)
        try? FolderPublication.remove(source)  // published already; a failure costs disk space, not correctness
    }

    /// Publishes a copy of a folder's files and of its folders' files.
    static func copy(_ source: String, to destination: String) throws(FileFault) {
        var files: [(path: String, bytes: [UInt8])] = []
        for name in try FolderPublication.list(source) {
            if FolderPublication.isFolder("\(source)/\(name)") {
                for inner in try FolderPublication.list("\(source)/\(name)") {
                    files.append(("\(name)/\(inner)", try bytes("\(name)/\(inner)", in: source)))
                }
            } else {
                files.append((name, try bytes(name, in: source)))
            }
        }
        try FolderPublication.publish(files, to: destination, onConflict: .refuse)
    }

    private static func bytes(_ name: String, in folder: String) throws(FileFault) -> [UInt8] {
        guard let bytes = try WholeFile.read(name, in: folder, limit: CheckpointFolder.tensorsLimit) else {
            throw FileFault(.open, name: name, code: ENOENT)
        }
        return bytes
    }
}
