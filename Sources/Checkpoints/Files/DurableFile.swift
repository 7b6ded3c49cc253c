import Glibc

/// Publishes files so that a reader sees the old content or the new, whole, even after a loss of power.
public enum DurableFile {
    /// Replaces `folder/name`: scratch file, sync, rename, sync of the folder. A failure leaves no scratch file.
    ///
    /// - Parameter isPrivate: whether only the folder's owner may read it, also where root writes it for them.
    public static func write(
        _ bytes: [UInt8], to name: String, in folder: String, isPrivate: Bool = false
    ) throws(FileFault) {
        let scratch = ".\(name).\(scratchSuffix()).partial"
        do throws(FileFault) {
            try writeInPlace(bytes, to: scratch, reportedAs: name, in: folder, isPrivate: isPrivate)
            guard rename("\(folder)/\(scratch)", "\(folder)/\(name)") == 0 else {
                throw FileFault(.rename, name: name, code: errno)
            }
        } catch {
            unlink("\(folder)/\(scratch)")
            throw error
        }
        try synchroniseFolder(folder, reportedAs: name)
    }

    /// Writes a new file and waits until it is on the disk; for folders that are themselves still unpublished.
    static func writeInPlace(
        _ bytes: [UInt8], to name: String, reportedAs shownName: String, in folder: String, isPrivate: Bool = false
    ) throws(FileFault) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        let descriptor = open("\(folder)/\(name)", flags, isPrivate ? 0o600 : 0o644)
        guard descriptor >= 0 else { throw FileFault(.create, name: shownName, code: errno) }
        defer { close(descriptor) }
        var owner = stat()
        if isPrivate, geteuid() == 0, stat(folder, &owner) == 0 {
            guard fchown(descriptor, owner.st_uid, owner.st_gid) == 0 else {
                throw FileFault(.create, name: shownName, code: errno)
            }
        }
        var written = 0
        while written < bytes.count {
            let result = bytes.withUnsafeBytes { raw -> Int in
                guard let base = raw.baseAddress else { return 0 }
                return Glibc.write(descriptor, base + written, bytes.count - written)
            }
            if result < 0, errno == EINTR { continue }
            guard result > 0 else { throw FileFault(.write, name: shownName, code: errno) }
            written += result
        }
        guard fsync(descriptor) == 0 else { throw FileFault(.synchronise, name: shownName, code: errno) }
    }

    static func synchroniseFolder(_ folder: String, reportedAs name: String) throws(FileFault) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFault(.synchroniseFolder, name: name, code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileFault(.synchroniseFolder, name: name, code: errno) }
    }

    static func scratchSuffix() -> String {
        String(UInt64.random(in: .min ... .max), radix: 36)
    }
}
