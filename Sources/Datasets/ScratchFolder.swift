import Foundation

/// A hidden folder beside its final place, published by one rename or removed.
struct ScratchFolder {
    private let folder: URL
    private let parent: URL

    /// Makes the folder, and its parents where they are missing.
    init(for name: String, in parent: URL) throws(FetchError) {
        self.parent = parent
        folder = parent.appendingPathComponent(".\(name)-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        } catch {
            throw .notWritable(step: "making the folder", reason: error.localizedDescription)
        }
        guard mkdir(folder.path, 0o755) == 0 else { throw Self.failure("making the scratch folder") }
    }

    /// Writes a file and syncs it to disk.
    func write(_ bytes: [UInt8], to name: String) throws(FetchError) {
        let path = folder.appendingPathComponent(name).path
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure("opening \(name)") }
        defer { close(descriptor) }
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.failure("writing \(name)")
            }
            start += count
        }
        guard fsync(descriptor) == 0 else { throw Self.failure("syncing \(name)") }
    }

    /// Makes the folder appear at its final place, whole; the place must be free.
    func publish(as target: URL) throws(FetchError) {
        try Self.sync(folder)
        guard rename(folder.path, target.path) == 0 else { throw Self.failure("publishing") }
        try Self.sync(parent)
    }

    /// Removes what was not published.
    func remove() { try? FileManager.default.removeItem(at: folder) }

    private static func sync(_ folder: URL) throws(FetchError) {
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("opening the folder") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("syncing the folder") }
    }

    private static func failure(_ step: String) -> FetchError {
        .notWritable(step: step, reason: String(cString: strerror(errno)))
    }
}
