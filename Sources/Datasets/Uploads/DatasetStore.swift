import Foundation
import Synchronization

/// The datasets that clients brought, in a folder that the catalogue looks through: how they come and how they go.
///
/// Each is a folder that appears and goes by one rename, so that nobody finds half of one.
public final class DatasetStore: Sendable {
    public struct Limits: Equatable, Sendable {
        /// The most bytes that one dataset may take, as it comes and uncompressed.
        public var dataset: Int
        /// The most bytes that all of them may take.
        public var all: Int

        public init(dataset: Int = 1 << 29, all: Int = 10 << 30) {
            (self.dataset, self.all) = (dataset, all)
        }
    }

    public let limits: Limits
    private let folder: URL
    private let catalogue: DatasetCatalogue
    /// Held while a dataset is written, so that two together cannot exceed the quota.
    private let writing = Mutex<Void>(())
    /// Held while one appears or goes, and by those who count on one that is there.
    private let presence = Mutex<Void>(())

    private static let (comingPrefix, goingPrefix) = ("upload-", ".removed-")

    /// - Parameter stateDirectory: the daemon's state folder, as the catalogue has it; made when first needed.
    public init(stateDirectory: URL, catalogue: DatasetCatalogue, limits: Limits = Limits()) {
        folder = stateDirectory.appendingPathComponent(DatasetCatalogue.stateFolder)
        (self.catalogue, self.limits) = (catalogue, limits)
    }

    /// Removes what a daemon that died has left half written or half removed. For the only daemon of the state folder.
    public func removeLeftovers() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where name.hasPrefix("." + Self.comingPrefix) || name.hasPrefix(Self.goingPrefix) {
            try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
        }
    }

    /// Throws where no dataset of this name can be brought, whatever it holds.
    public func check(name: String) throws(UploadError) {
        guard DatasetCatalogue.isUsable(name) else { throw .unusableName(name) }
        guard KnownDataset.named(name) == nil else { throw .reservedName(name) }
    }

    /// Keeps a dataset; false where the same one is there already. It is on the disk when this returns.
    public func put(_ content: DatasetContent, named name: String) throws(UploadError) -> Bool {
        try check(name: name)
        let manifest = try DatasetManifest(content, name: name)
        return try writing.withLock { (_) throws(UploadError) -> Bool in
            if try isKept(manifest) { return false }
            let used = uploaded().reduce(0) { $0.addingReportingOverflow($1.bytes).overflow ? .max : $0 + $1.bytes }
            guard used <= limits.all, manifest.bytes <= limits.all - used else {
                throw .quotaExceeded(used: used, asked: manifest.bytes, limit: limits.all)
            }
            do {
                try write(content, manifest)
                return true
            } catch let fault as StorageFault { throw .notStored(fault) } catch let error as UploadError {
                throw error
            } catch {
                throw .notStored(StorageFault(step: "writing the manifest", reason: "\(error)", isFull: false))
            }
        }
    }

    private func write(_ content: DatasetContent, _ manifest: DatasetManifest) throws {
        let scratch = try ScratchFolder(for: Self.comingPrefix + manifest.name, in: folder)
        defer { scratch.remove() }
        for (name, file) in content.files { try scratch.write(file.headerBytes, file.elements, to: name) }
        try scratch.write(try manifest.text, to: DatasetManifest.fileName)
        try presence.withLock { _ in try scratch.publish(as: folder.appendingPathComponent(manifest.name)) }
    }

    /// Removes an uploaded dataset.
    ///
    /// - Parameter check: throws where somebody counts on the dataset; nobody begins to while it looks.
    /// - Throws: `DatasetError.noSuchDataset`, `UploadError`, and what `check` throws.
    public func remove(named name: String, unless check: () throws -> Void) throws {
        let going = folder.appendingPathComponent(Self.goingPrefix + UUID().uuidString)
        try presence.withLock { _ in
            guard uploaded(named: name) != nil else {
                _ = try catalogue.description(ofDatasetNamed: name)
                throw UploadError.notUploaded(name)
            }
            try check()
            do throws(StorageFault) {
                try ScratchFolder.move(folder.appendingPathComponent(name), to: going)
            } catch { throw UploadError.notStored(error) }
        }
        catalogue.forget(name)
        try? FileManager.default.removeItem(at: going)
    }

    /// Runs `body` while no dataset goes: who finds one in it may count on it until it is known to be in use.
    public func whileNoneGoes<Value: Sendable>(_ body: () throws -> Value) throws -> Value {
        try presence.withLock { _ in try body() }
    }

    /// Whether this content is there under its name. Throws where other content is.
    private func isKept(_ manifest: DatasetManifest) throws(UploadError) -> Bool {
        if let known = uploaded(named: manifest.name) {
            guard known.hasContent(of: manifest) else { throw .nameTaken(manifest.name) }
            return true
        }
        // A folder may be in the way that is no dataset.
        let place = folder.appendingPathComponent(manifest.name).path
        guard !catalogue.names().contains(manifest.name), !FileManager.default.fileExists(atPath: place) else {
            throw .nameTaken(manifest.name)
        }
        return false
    }

    /// The manifests of what was brought.
    private func uploaded() -> [DatasetManifest] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.compactMap(uploaded(named:))
    }

    /// Nil where no dataset of this name was brought; a folder says its name itself.
    private func uploaded(named name: String) -> DatasetManifest? {
        guard DatasetCatalogue.isUsable(name),
            let manifest = DatasetManifest(in: folder.appendingPathComponent(name)), manifest.name == name
        else { return nil }
        return manifest
    }
}
