import Glibc

/// Reads a file of the checkpoint folder at once.
enum WholeFile {
    /// The bytes of the regular file `folder/name`, nil where there is none of that name.
    ///
    /// - Parameters:
    ///   - name: a constant of this module or an entry of a listing, never a text from outside.
    ///   - limit: a longer file is refused with `EFBIG`, before anything is allocated.
    ///   - followsLinks: whether the file may be a symbolic link; one in a checkpoint could lead anywhere.
    static func read(
        _ name: String, in folder: String, limit: Int, followsLinks: Bool = false
    ) throws(FileFault) -> [UInt8]? {
        // Non-blocking, so that a pipe put in a file's place cannot hold the caller for ever.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW)
        let descriptor = open("\(folder)/\(name)", flags)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw FileFault(.open, name: name, code: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFault(.read, name: name, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileFault(.open, name: name, code: EFTYPE) }
        let size = Int(status.st_size)
        guard size <= limit else { throw FileFault(.read, name: name, code: EFBIG) }
        var failure: CInt?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size, let base = buffer.baseAddress {
                let taken = Glibc.read(descriptor, base + count, size - count)
                if taken < 0, errno == EINTR { continue }
                if taken < 0 { failure = errno }
                guard taken > 0 else { break }
                count += taken
            }
        }
        if let failure { throw FileFault(.read, name: name, code: failure) }
        return bytes
    }

    /// Linux has no such number; a folder, pipe or device in a file's place is an invalid argument.
    private static let EFTYPE = EINVAL
    static let missing = ENOENT
}
