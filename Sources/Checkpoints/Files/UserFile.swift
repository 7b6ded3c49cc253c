/// A file that the user named on the command line; unlike a checkpoint's own files it may be a symbolic link.
public enum UserFile {
    /// The whole regular file. A fault names it by its last component.
    ///
    /// - Parameter limit: a longer file is refused with `EFBIG`, before anything is allocated.
    public static func read(_ path: String, limit: Int) throws(FileFault) -> [UInt8] {
        let (folder, name) = FolderPublication.split(path)
        guard let bytes = try WholeFile.read(name, in: folder, limit: limit, followsLinks: true) else {
            throw FileFault(.open, name: name, code: WholeFile.missing)
        }
        return bytes
    }
}
