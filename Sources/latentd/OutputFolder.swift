import ArgumentParser
import Foundation

/// The folder that a run leaves its checkpoint in. A checkpoint takes its path whole, so nothing else may be there.
struct OutputFolder: Sendable {
    let path: String

    init(_ path: String) { self.path = path }

    /// Where the lines of the epochs go: beside the folder, which every checkpoint replaces.
    var log: String { URL(fileURLWithPath: path).standardizedFileURL.path + ".log" }

    /// Refuses, before anything is trained, what would be overwritten and what cannot be written to.
    func check(holdsCheckpoint: Bool) throws(ValidationError) {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        if !holdsCheckpoint, FileManager.default.fileExists(atPath: url.path) {
            guard let content = try? FileManager.default.contentsOfDirectory(atPath: url.path) else {
                throw ValidationError("'\(path)' is not a folder.")
            }
            guard content.isEmpty else {
                throw ValidationError("'\(path)' holds files that a checkpoint would replace; name a new folder.")
            }
        }
        let parent = url.deletingLastPathComponent()
        try? FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        // Tried, since permissions alone do not tell of a read-only file system or of quotas.
        let probe = parent.appendingPathComponent(".\(url.lastPathComponent).probe.partial").path
        guard mkdir(probe, 0o700) == 0 || errno == EEXIST else {
            let reason = String(cString: strerror(errno))
            throw ValidationError("'\(path)' cannot be made in '\(parent.path)': \(reason).")
        }
        rmdir(probe)
    }
}
