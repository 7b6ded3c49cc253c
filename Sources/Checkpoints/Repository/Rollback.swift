import Foundation

/// The versions of a model that a rollback has set aside: those above the one that it went back to.
///
/// Only those of its time: a version published later is above `newest` and serves without anything to be taken back, so
/// that no crash between two writes can leave the one without the other.
struct Rollback: Equatable {
    private static let record = ".rollback"
    /// What it went back to.
    let version: Int
    /// The newest version of its time.
    let newest: Int

    func setsAside(_ other: Int) -> Bool { other > version && other <= newest }

    /// Those that may be served, the first choice first. Where it leaves none, none is set aside.
    func order(_ versions: some Sequence<Int>) -> [Int] {
        let newestFirst = versions.sorted(by: >)
        let left = newestFirst.filter { !setsAside($0) }
        return left.isEmpty ? newestFirst : left
    }
}

extension Rollback {
    /// What is written beside a model's published versions. A record that cannot be understood counts as none.
    init?(in folder: String) {
        guard let bytes = try? WholeFile.read(Self.record, in: folder, limit: 64) else { return nil }
        let numbers = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).map { Int($0) }
        guard numbers.count == 2, let version = numbers[0], let newest = numbers[1] else { return nil }
        self.init(version: version, newest: newest)
    }

    /// Makes the folder where it is missing: the versions themselves may lie in one that is only read.
    func write(to folder: String) throws(FileFault) {
        try FolderPublication.makeFolders(folder)
        try DurableFile.write(Array("\(version) \(newest)\n".utf8), to: Self.record, in: folder)
    }
}

/// Back to an earlier version.
extension ModelRepository {
    /// Serves an earlier version in place of the newest, also after a restart, until a newer one is published.
    ///
    /// The version is loaded and run first, written down, and then takes over in one step; requests that have the former
    /// one finish with it. Nothing changes where it cannot be loaded.
    /// - Parameter version: any that is there, also a later one, which takes a rollback back; nil for the one before that
    ///   which is served, those left out that an earlier rollback has set aside.
    @discardableResult
    public func rollBack(_ name: String, to version: Int? = nil) throws(RepositoryError) -> ServedModel {
        let root = try writableFolder()
        return try changing { () throws(RepositoryError) -> ServedModel in
            guard let versions = versionsOnDisk(of: name), let newest = versions.keys.max() else {
                throw .notFound(name: name)
            }
            let (known, order) = (versions.keys.sorted(), order(of: name, versions.keys))
            let current = model(named: name)?.version ?? order.first ?? newest
            guard let target = version ?? order.first(where: { $0 < current }) else {
                throw .noPreviousVersion(name: name, version: current)
            }
            guard let folder = versions[target] else { throw .noVersion(name: name, version: target, known: known) }
            let model: ServedModel
            do { model = try read(name, version: target, folder: folder) } catch {
                throw .notLoaded(name: name, version: target, reason: "\(error)")
            }
            do throws(FileFault) { try Rollback(version: target, newest: newest).write(to: "\(root)/\(name)") } catch {
                throw .file(error)
            }
            update(name, versions: known) { $0 = ModelListing(name: name, versions: known, served: model) }
            return model
        }
    }

    /// A model's versions in the order in which they are tried.
    func order(of name: String, _ versions: some Sequence<Int>) -> [Int] {
        let rollback = writableRoot.flatMap { Rollback(in: "\($0)/\(name)") }
        return rollback.map { $0.order(versions) } ?? versions.sorted(by: >)
    }
}
