import Autoencoders
import Synchronization

/// The named vectors of every version that is served.
///
/// A vector means something in the latent space of one set of weights only, so each version has its own, and a file of
/// other weights counts as none. Those of a version that was published here lie in its own folder and go with it; those
/// of a version in a folder that is only read lie in the store's folder as NAME/VERSION. What a checkpoint brought along
/// is read until the first change.
public final class NamedVectorStore: Sendable {
    private struct Table {
        let weights: String
        var vectors: [String: NamedVector]
    }

    private let folder: String?
    private let writableModels: String?
    /// Held while a table is read or changed, the writing included; look-ups do not wait for it.
    private let change = Mutex<Void>(())
    private let tables = Mutex<[String: Table]>([:])

    /// - Parameters:
    ///   - folder: for versions whose own folder is only read; made when first needed. Nil keeps nothing.
    ///   - writableModels: the folder of the models that are published, below which a version keeps its own vectors.
    public init(folder: String?, writableModels: String? = nil) {
        (self.folder, self.writableModels) = (folder, writableModels)
    }

    /// All vectors of a version, sorted by name.
    public func vectors(of model: ServedModel) throws(NamedVectorError) -> [NamedVector] {
        try table(of: model).vectors.values.sorted { $0.name < $1.name }
    }

    /// Nil where the version has none of that name.
    public func vector(named name: String, of model: ServedModel) throws(NamedVectorError) -> NamedVector? {
        try table(of: model).vectors[name]
    }

    /// Keeps a vector; gives whether its name is new. It is on the disk when this returns.
    @discardableResult
    public func put(_ vector: NamedVector, of model: ServedModel) throws(NamedVectorError) -> Bool {
        guard NamedVector.isUsable(name: vector.name) else { throw .unusableName(vector.name) }
        let dimension = model.configuration.latentDimension
        guard vector.values.count == dimension else {
            throw .dimension(expected: dimension, actual: vector.values.count)
        }
        return try update(model) { vectors in vectors.updateValue(vector, forKey: vector.name) == nil }
    }

    /// Forgets a vector; gives whether there was one.
    public func remove(named name: String, of model: ServedModel) throws(NamedVectorError) -> Bool {
        // A name that is not there changes nothing, so that nothing is written.
        guard try vector(named: name, of: model) != nil else { return false }
        return try update(model) { vectors in vectors.removeValue(forKey: name) != nil }
    }

    private func update(
        _ model: ServedModel, _ body: (inout [String: NamedVector]) -> Bool
    ) throws(NamedVectorError) -> Bool {
        try change.withLock { (_) throws(NamedVectorError) -> Bool in
            var table: Table
            if let known = cached(model) { table = known } else { table = try read(model) }
            let result = body(&table.vectors)
            try NamedVectorFile.check(table.vectors, dimension: model.configuration.latentDimension)
            try NamedVectorFile.write(table.vectors, in: try place(of: model), weights: table.weights)
            tables.withLock { [table] in $0[Self.key(model)] = table }
            return result
        }
    }

    private func table(of model: ServedModel) throws(NamedVectorError) -> Table {
        if let table = cached(model) { return table }
        return try change.withLock { (_) throws(NamedVectorError) -> Table in
            if let table = cached(model) { return table }
            let table = try read(model)
            tables.withLock { $0[Self.key(model)] = table }
            return table
        }
    }

    /// What is known already; a number that was given away again to other weights is not.
    private func cached(_ model: ServedModel) -> Table? {
        tables.withLock { $0[Self.key(model)] }.flatMap { $0.weights == model.weightsChecksum ? $0 : nil }
    }

    private func read(_ model: ServedModel) throws(NamedVectorError) -> Table {
        let weights = model.weightsChecksum
        let folders =
            (hasOwnPlace(model) ? [] : folder.map { ["\($0)/\(Self.key(model))"] } ?? []) + [model.folder.path]
        for folder in folders {
            do throws(CheckpointError) {
                let dimension = model.configuration.latentDimension
                if let vectors = try NamedVectorFile.read(in: folder, weights: weights, dimension: dimension) {
                    return Table(weights: weights, vectors: vectors)
                }
            } catch { throw .unreadable(error) }
        }
        return Table(weights: weights, vectors: [:])
    }

    /// The folder to write in. A version's own is never made here: one that is gone must not come back as half a model.
    private func place(of model: ServedModel) throws(NamedVectorError) -> String {
        if hasOwnPlace(model) { return model.folder.path }
        guard let folder else { throw .readOnly }
        let place = "\(folder)/\(Self.key(model))"
        do { try FolderPublication.makeFolders(place) } catch { throw .notWritten(error) }
        return place
    }

    private func hasOwnPlace(_ model: ServedModel) -> Bool {
        writableModels.map { model.folder.path.hasPrefix("\($0)/") } ?? false
    }

    /// Both parts come from a listing of folders, not from a request.
    private static func key(_ model: ServedModel) -> String { "\(model.name)/\(model.version)" }
}
