import Glibc

/// What is left on the file system of a folder.
public enum DiskSpace {
    /// The bytes that a process without privileges may still write; nil where the system does not tell.
    ///
    /// - Parameter path: of a folder that may not be there yet: then of the nearest one above it.
    public static func free(at path: String) -> Int? {
        var (path, status) = (path, statvfs())
        while statvfs(path, &status) != 0 {
            let parent = FolderPublication.split(path).parent
            guard errno == ENOENT, parent != path else { return nil }
            path = parent
        }
        let (bytes, overflow) = status.f_bavail.multipliedReportingOverflow(by: UInt(status.f_frsize))
        return overflow ? nil : Int(clamping: bytes)
    }
}

/// Fewer bytes than are wanted beside what has to stay free.
public struct DiskShortage: Error, Equatable, CustomStringConvertible {
    public let needed, free, reserve: Int

    public init(needed: Int, free: Int, reserve: Int) {
        (self.needed, self.free, self.reserve) = (needed, free, reserve)
    }

    /// Throws where `free` bytes cannot take `needed` more and leave the reserve. What the system does not tell is enough.
    public static func check(needed: Int, free: Int?, reserve: Int) throws(DiskShortage) {
        guard reserve > 0, let free, free - reserve < needed else { return }
        throw DiskShortage(needed: needed, free: free, reserve: reserve)
    }

    public var description: String {
        "The checkpoint takes \(mebibytes(needed)); the disk has \(mebibytes(free)) left, of which \(mebibytes(reserve)) "
            + "must stay free."
    }

    private func mebibytes(_ bytes: Int) -> String { "\(bytes / (1 << 20)).\(bytes % (1 << 20) * 10 / (1 << 20)) MiB" }
}
