import Foundation

/// A hidden folder beside its final place, published by one rename or removed.
struct ScratchFolder {
    private let folder: URL
    private let parent: URL

    /// Makes the folder, and its parents where they are missing.
    init(for name: String, in parent: URL) throws(StorageFault) {
        self.parent = parent
        folder = parent.appendingPathComponent(".\(name)-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        } catch {
            throw StorageFault(step: "making the folder", reason: error.localizedDescription, isFull: false)
        }
        guard mkdir(folder.path, 0o755) == 0 else { throw StorageFault("making the scratch folder") }
    }

    /// Writes a file, its pieces one after the other, and syncs it to disk.
    func write(_ pieces: [UInt8]..., to name: String) throws(StorageFault) {
        let path = folder.appendingPathComponent(name).path
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StorageFault("opening \(name)") }
        defer { close(descriptor) }
        for bytes in pieces {
            var start = 0
            while start < bytes.count {
                let count = bytes[start...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0 {
                    if errno == EINTR { continue }
                    throw StorageFault("writing \(name)")
                }
                start += count
            }
        }
        guard fsync(descriptor) == 0 else { throw StorageFault("syncing \(name)") }
    }

    /// Makes the folder appear at its final place, whole; the place must be free.
    func publish(as target: URL) throws(StorageFault) {
        try Self.sync(folder)
        guard rename(folder.path, target.path) == 0 else { throw StorageFault("publishing") }
        try Self.sync(parent)
    }

    /// Removes what was not published.
    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// Gives a folder another name beside it; the change is on the disk when this returns.
    static func move(_ folder: URL, to target: URL) throws(StorageFault) {
        guard rename(folder.path, target.path) == 0 else { throw StorageFault("moving the folder") }
        try sync(folder.deletingLastPathComponent())
    }

    private static func sync(_ folder: URL) throws(StorageFault) {
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StorageFault("opening the folder") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw StorageFault("syncing the folder") }
    }
}

/// The file system refused something.
public struct StorageFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was being done.
    public let step: String
    /// The system's own text.
    public let reason: String
    public let isFull: Bool

    public var description: String { "\(step): \(reason)" }
}

extension StorageFault {
    /// What `errno` says about a step that has just failed.
    init(_ step: String) {
        let code = errno
        self.init(step: step, reason: String(cString: strerror(code)), isFull: code == ENOSPC || code == EDQUOT)
    }
}
