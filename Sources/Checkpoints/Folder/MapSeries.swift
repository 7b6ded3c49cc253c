import Foundation
import Glibc

/// Maps of one run, one an epoch, in a folder with a small file for each. It grows while the run goes on.
///
/// A reader finds every map whole. Past `limit` epochs only every second map is kept, then every fourth, and so on, beside
/// the first and the last, so that the longest run leaves a few megabytes.
public struct MapSeries: Sendable, Hashable {
    static let limit = 1000
    private static let (prefix, suffix) = ("epoch-", ".safetensors")

    public let path: String

    public init(path: String) { self.path = path }

    /// The epochs whose maps are there, ascending; none where there is no folder.
    public func epochs() throws(CheckpointError) -> [Int] {
        guard FolderPublication.isFolder(path) else { return [] }
        do { return try FolderPublication.list(path).compactMap(Self.epoch).sorted() } catch { throw .file(error) }
    }

    /// The map of an epoch, nil where there is none.
    ///
    /// - Parameter dimension: of its latents.
    public func map(epoch: Int, dimension: Int) throws(CheckpointError) -> LatentMap? {
        try LatentMap.read(Self.name(epoch), in: path, dimension: dimension)
    }

    /// When the map of an epoch was written, nil where there is none.
    public func date(epoch: Int) -> Date? {
        (try? FileManager.default.attributesOfItem(atPath: "\(path)/\(Self.name(epoch))"))?[.modificationDate] as? Date
    }

    /// Writes the map of the latest epoch, and removes those that are then too many.
    public func add(_ map: LatentMap) throws {
        let bytes = try map.content().bytes(checksum: true)
        do throws(FileFault) {
            try FolderPublication.makeFolders(path)
            try DurableFile.write(bytes, to: Self.name(map.epoch), in: path)
        } catch {
            throw CheckpointError.file(error)
        }
        guard map.epoch > Self.limit else { return }
        for epoch in try epochs() where !Self.isKept(epoch, of: map.epoch) { unlink("\(path)/\(Self.name(epoch))") }
    }

    /// Removes the maps, and the folder if there is nothing else in it.
    public func remove() throws(CheckpointError) {
        for epoch in try epochs() { unlink("\(path)/\(Self.name(epoch))") }
        rmdir(path)
    }

    /// The files as they are, for a folder that is to hold them as well.
    func files() throws(CheckpointError) -> [(name: String, bytes: [UInt8])] {
        var files: [(name: String, bytes: [UInt8])] = []
        for name in try epochs().map(Self.name) {
            do throws(FileFault) {
                guard let bytes = try WholeFile.read(name, in: path, limit: CheckpointFolder.tensorsLimit) else {
                    continue
                }
                files.append((name, bytes))
            } catch { throw .file(error) }
        }
        return files
    }

    static func isKept(_ epoch: Int, of last: Int) -> Bool {
        var stride = 1
        while last / stride > limit { stride *= 2 }
        return epoch == 1 || epoch >= last || epoch % stride == 0
    }

    static func name(_ epoch: Int) -> String {
        let digits = String(epoch)
        return prefix + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + suffix
    }

    private static func epoch(_ name: String) -> Int? {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix),
            let epoch = Int(name.dropFirst(prefix.count).dropLast(suffix.count)), Self.name(epoch) == name
        else { return nil }
        return epoch
    }
}
