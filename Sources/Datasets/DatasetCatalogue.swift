import Digests
import Foundation
import Images
import Synchronization

/// Finds datasets in folders and loads each once.
///
/// A dataset is a folder of IDX files whose folder's name is the dataset's. Names are looked up in listings of the
/// searched folders and never joined to a path, so no name can lead out of them. Where two places hold a dataset of one
/// name, the user's own folders come first, then the state folder, then the system's.
public final class DatasetCatalogue: Sendable {
    private let places: [Place]
    private let limit: Int
    private let cache = Mutex<[String: Loaded]>([:])
    /// Held while a dataset is read, so that two callers never read the same one twice.
    private let loading = Mutex<Void>(())

    private struct Place: Sendable {
        let folder: URL
        let source: DatasetSource
    }

    private struct Loaded: Sendable {
        let fingerprint: [String]
        let dataset: Dataset
    }

    private struct Found {
        let name: String
        let source: DatasetSource
        let folder: DatasetFolder
    }

    /// Where distribution packages put datasets.
    public static let systemDirectories = [
        URL(fileURLWithPath: "/usr/local/share/datasets"), URL(fileURLWithPath: "/usr/share/datasets"),
    ]

    /// Where the daemon keeps datasets in its state folder.
    static let stateFolder = "datasets"

    /// - Parameters:
    ///   - dataDirectories: the user's folders: each holds datasets' folders, or is itself one dataset's folder.
    ///   - stateDirectory: the daemon's state folder; datasets are in its `datasets` folder.
    ///   - limit: the most bytes that one file of images may hold.
    public init(
        dataDirectories: [URL], stateDirectory: URL? = nil,
        systemDirectories: [URL] = DatasetCatalogue.systemDirectories, limit: Int = IDXFile.defaultLimit
    ) {
        places =
            dataDirectories.map { Place(folder: $0, source: .dataDirectory) }
            + (stateDirectory.map { [Place(folder: $0.appendingPathComponent(Self.stateFolder), source: .state)] } ?? [])
            + systemDirectories.map { Place(folder: $0, source: .system) }
        self.limit = limit
    }

    /// The names of all datasets that are there now, sorted.
    public func names() -> [String] { find().map(\.name).sorted() }

    /// Loads the dataset of that name, or returns the loaded one while its files are unchanged.
    ///
    /// Throws `DatasetError`. The images of a whole MNIST take 55 MB; reading them takes a good part of a second, so this
    /// is not for an event loop's thread.
    public func dataset(named name: String) throws(DatasetError) -> Dataset {
        let found = try entry(named: name)
        let fingerprint = found.folder.fingerprint
        if let loaded = loaded(found.name, fingerprint) { return loaded }
        let result: Result<Dataset, DatasetError> = loading.withLock { _ in
            if let loaded = loaded(found.name, fingerprint) { return .success(loaded) }
            do throws(DatasetError) {
                let dataset = try found.folder.load(name: found.name, limit: limit)
                cache.withLock { $0[found.name] = Loaded(fingerprint: fingerprint, dataset: dataset) }
                return .success(dataset)
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Describes the dataset of that name from its files' headers and labels; its images are not loaded.
    public func description(ofDatasetNamed name: String) throws(DatasetError) -> DatasetDescription {
        try describe(entry(named: name))
    }

    /// Describes every dataset that can be read, sorted by name; one with unsound files is left out.
    public func descriptions() -> [DatasetDescription] {
        find().compactMap { try? describe($0) }.sorted { $0.name < $1.name }
    }

    /// Gives the memory of a loaded dataset back; those who have it keep it.
    func forget(_ name: String) { cache.withLock { _ = $0.removeValue(forKey: name) } }

    private func loaded(_ name: String, _ fingerprint: [String]) -> Dataset? {
        cache.withLock { cache in
            cache[name].flatMap { $0.fingerprint == fingerprint ? $0.dataset : nil }
        }
    }

    private func describe(_ found: Found) throws(DatasetError) -> DatasetDescription {
        let train = try found.folder.header(.trainImages, of: found.name, limit: limit)
        let test = try found.folder.header(.testImages, of: found.name, limit: limit)
        guard train.shape == test.shape else {
            throw .shapesDiffer(dataset: found.name, train: train.shape, test: test.shape)
        }
        let known = KnownDataset.named(found.name)
        return DatasetDescription(
            name: found.name, title: known?.title ?? found.name, source: found.source, shape: train.shape,
            labelNames: found.folder.labelNames(as: found.name),
            manifest: DatasetManifest(in: found.folder.folder),
            splits: [
                try describe(.train, count: train.count, labels: .trainLabels, of: found),
                try describe(.test, count: test.count, labels: .testLabels, of: found),
            ])
    }

    private func describe(
        _ part: Dataset.Part, count: Int, labels: DatasetFolder.Role, of found: Found
    ) throws(DatasetError) -> SplitDescription {
        guard found.folder.file(labels) != nil else {
            return SplitDescription(name: part, count: count, labelCounts: nil)
        }
        let values = try found.folder.readLabels(labels, of: found.name, limit: limit)
        guard values.count == count else {
            throw .labelCountMismatch(split: "\(found.name) \(part.rawValue)", images: count, labels: values.count)
        }
        return SplitDescription(name: part, count: count, labelCounts: Split.counts(values))
    }
}

extension DatasetCatalogue {
    private func entry(named name: String) throws(DatasetError) -> Found {
        let all = find()
        if let found = all.first(where: { $0.name == name }) { return found }
        // A data folder may hold the files directly under any name of its own: asked for by a known name, it answers
        // unless its content is another known dataset's.
        if KnownDataset.named(name) != nil {
            for place in places where place.source == .dataDirectory {
                if let folder = DatasetFolder(place.folder), Self.knownName(of: folder) == nil {
                    return Found(name: name, source: place.source, folder: folder)
                }
            }
        }
        throw .noSuchDataset(name: name, available: all.map(\.name).sorted())
    }

    /// Everything there is, the first place of each name winning.
    private func find() -> [Found] {
        var found: [Found] = []
        var seen: Set<String> = []
        for place in places {
            var candidates: [(name: String, folder: URL)] = []
            let children = (try? FileManager.default.contentsOfDirectory(atPath: place.folder.path)) ?? []
            for child in children.sorted() { candidates.append((child, place.folder.appendingPathComponent(child))) }
            for candidate in candidates where Self.isUsable(candidate.name) && !seen.contains(candidate.name) {
                guard let folder = DatasetFolder(candidate.folder) else { continue }
                seen.insert(candidate.name)
                found.append(Found(name: candidate.name, source: place.source, folder: folder))
            }
            if place.source == .dataDirectory, let folder = DatasetFolder(place.folder) {
                let name = Self.knownName(of: folder) ?? place.folder.standardizedFileURL.lastPathComponent
                if Self.isUsable(name), seen.insert(name).inserted {
                    found.append(Found(name: name, source: place.source, folder: folder))
                }
            }
        }
        return found
    }

    /// The known dataset whose test labels these are: 10,008 bytes tell.
    private static func knownName(of folder: DatasetFolder) -> String? {
        guard let file = folder.file(.testLabels),
            let labels = try? IDXFile(contentsOf: file, ranks: 1...1, limit: 1 << 20),
            let digest = try? SHA256.hash(labels.bytes).hexadecimal
        else { return nil }
        return KnownDataset.all.first { known in
            known.files.contains { $0.name == DatasetFolder.Role.testLabels.usualName && $0.digest == digest }
        }?.name
    }

    /// Letters, digits, `.`, `_` and `-`, at most 64, beginning with a letter or digit: safe in a URL and on a terminal.
    public static func isUsable(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        guard let first = bytes.first, bytes.count <= 64, isAlphanumeric(first) else { return false }
        return bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
    }
}
