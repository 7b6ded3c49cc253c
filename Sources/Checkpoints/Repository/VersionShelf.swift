import Foundation

/// The folder that holds the published versions of one model; it has one writer at a time.
///
/// A number is given once: what a job or a client calls version 3 must not become another model later. So the highest
/// number that was removed is kept beside the versions.
struct VersionShelf {
    private static let record = ".removed"
    let path: String

    /// The number for the next version beside those that are known.
    func next(after known: some Sequence<Int>) throws(FileFault) -> Int {
        max(known.max() ?? 0, try highestRemoved()) + 1
    }

    /// Takes a version away: hidden in one step, which is told, and then deleted.
    func remove(_ version: Int, whenHidden: () -> Void) throws(FileFault) {
        let (name, hidden) = ("\(version)", ".\(version).\(DurableFile.scratchSuffix()).partial")
        let highest = max(version, try highestRemoved())
        try DurableFile.write(Array("\(highest)\n".utf8), to: Self.record, in: path)
        guard rename("\(path)/\(name)", "\(path)/\(hidden)") == 0 else {
            throw FileFault(.remove, name: name, code: errno)
        }
        whenHidden()
        try DurableFile.synchroniseFolder(path, reportedAs: name)
        try? FolderPublication.remove("\(path)/\(hidden)")  // a failure costs disk space, not correctness
    }

    /// Deletes what a removal or a publication left that was killed on its way, in all models' folders.
    static func sweepAll(in root: String) {
        for name in (try? FolderPublication.list(root)) ?? [] {
            let entries = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(name)")) ?? []
            for entry in entries where entry.hasPrefix(".") && entry.hasSuffix(".partial") {
                try? FolderPublication.remove("\(root)/\(name)/\(entry)")
            }
        }
    }

    /// 0 where none was; a record that cannot be understood counts as none.
    private func highestRemoved() throws(FileFault) -> Int {
        let bytes: [UInt8]?
        do throws(FileFault) { bytes = try WholeFile.read(Self.record, in: path, limit: 64) } catch {
            // What is no folder has had no versions; whoever makes one there is told.
            guard error.code == ENOTDIR else { throw error }
            return 0
        }
        guard let bytes else { return 0 }
        let number = Int(String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline })
        return number.map { min(max($0, 0), 999_999_999) } ?? 0
    }
}
