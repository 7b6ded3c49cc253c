import Glibc

/// A regular file, open for reading as long as somebody has this.
struct RegularFile: ~Copyable {
    let name: String
    let descriptor: CInt
    /// In bytes, when it was opened.
    let size: Int
    private let modified: timespec

    /// Opens `folder/name`, nil where there is none of that name.
    ///
    /// - Parameters:
    ///   - name: a constant of this module or an entry of a listing, never a text from outside.
    ///   - limit: a longer file is refused with `EFBIG`, before anything is allocated.
    ///   - followsLinks: whether the file may be a symbolic link; one in a checkpoint could lead anywhere.
    init?(_ name: String, in folder: String, limit: Int, followsLinks: Bool = false) throws(FileFault) {
        // Non-blocking, so that a pipe put in a file's place cannot hold the caller for ever.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW)
        let descriptor = open("\(folder)/\(name)", flags)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw FileFault(.open, name: name, code: errno)
        }
        do throws(FileFault) {
            let status = try Self.status(descriptor, name)
            // Linux has no EFTYPE; a folder, pipe or device in a file's place is an invalid argument.
            guard status.st_mode & S_IFMT == S_IFREG else { throw FileFault(.open, name: name, code: EINVAL) }
            guard status.st_size <= limit else { throw FileFault(.read, name: name, code: EFBIG) }
            (self.name, self.descriptor) = (name, descriptor)
            (size, modified) = (Int(status.st_size), status.st_mtim)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// What has become of the file since it was opened, nil where it is the same.
    func change() throws(FileFault) -> FileChange? {
        let status = try Self.status(descriptor, name)
        if status.st_size != size { return .length(expected: size, actual: Int(status.st_size)) }
        return Self.isSame(status.st_mtim, modified) ? nil : .content
    }

    /// Waits until the clock of files has moved on from the last write, a few milliseconds at most: another write at the
    /// same time would not show.
    func settle() {
        var now = timespec()
        for _ in 0..<20 {
            clock_gettime(CLOCK_REALTIME_COARSE, &now)
            guard Self.isSame(now, modified) else { return }
            usleep(1000)
        }
    }

    private static func isSame(_ a: timespec, _ b: timespec) -> Bool { a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec }

    private static func status(_ descriptor: CInt, _ name: String) throws(FileFault) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFault(.read, name: name, code: errno) }
        return status
    }
}

/// What somebody else did to a file, or its disk, while it was used here.
public enum FileChange: Error, Equatable, CustomStringConvertible {
    case length(expected: Int, actual: Int)
    /// It was written to.
    case content
    /// Bytes that were there cannot be read any more.
    case unreadable

    public var description: String {
        switch self {
        case .length(let expected, let actual):
            "It has \(actual) bytes and had \(expected) when it was opened."
        case .content: "It was written to while it was in use."
        case .unreadable: "Some of its bytes cannot be read any more."
        }
    }
}
