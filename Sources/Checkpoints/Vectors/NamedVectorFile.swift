import Foundation
import Tensors

/// The file of one version's named vectors: a tensor each, with origin and date in the metadata.
///
/// All of them are in one file, so that one rename publishes any change and a name is never a file's.
enum NamedVectorFile {
    static let name = "vectors.safetensors"
    static let vectorLimit = 1_000
    static let numberLimit = 1 << 22
    private static let sizeLimit = 64 << 20
    /// The metadata's key of the sum of the weights whose latent space the vectors lie in.
    private static let weightsKey = "weights_crc32"

    /// The vectors of a folder by name; nil where it has none of these weights.
    static func read(
        in folder: String, weights: String, dimension: Int
    ) throws(CheckpointError) -> [String: NamedVector]? {
        let content = CheckpointFolder(path: folder)
        guard let bytes = try content.bytes(name, limit: sizeLimit) else { return nil }
        do {
            let file = try SafetensorsFile(bytes)
            // Without the key it is a file that somebody made by hand for this very folder.
            if let key = file.metadata[weightsKey], key != weights { return nil }
            var vectors: [String: NamedVector] = [:]
            for name in file.names where NamedVector.isUsable(name: name) {
                let values = try file.floats(name, shape: [dimension]).values
                if let index = values.firstIndex(where: { !$0.isFinite }) {
                    throw CheckpointError.nonFinite(file: Self.name, tensor: name, index: index)
                }
                let origin = file.metadata["origin.\(name)"].flatMap {
                    try? JSONDecoder().decode(NamedVector.Origin.self, from: Data($0.utf8))
                }
                vectors[name] = NamedVector(
                    name: name, values: values, origin: origin, createdAt: file.metadata["created_at.\(name)"])
            }
            return vectors
        } catch let error as CheckpointError {
            throw error
        } catch let error as SafetensorsError {
            throw .tensors(file: name, reason: error)
        } catch {
            throw .json(file: name, line: nil)
        }
    }

    /// Refuses what would not be read again.
    static func check(_ vectors: [String: NamedVector], dimension: Int) throws(NamedVectorError) {
        guard vectors.count <= vectorLimit else { throw .full(what: "named vectors", limit: vectorLimit) }
        guard vectors.count <= numberLimit / max(1, dimension) else {
            throw .full(what: "numbers in all its named vectors", limit: numberLimit)
        }
    }

    static func write(_ vectors: [String: NamedVector], in folder: String, weights: String) throws(NamedVectorError) {
        var content = SafetensorsContent(metadata: [weightsKey: weights])
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            for vector in vectors.values {
                try content.add(vector.name, shape: [vector.values.count], floats: vector.values[...])
                content.metadata["created_at.\(vector.name)"] = vector.createdAt
                if let origin = vector.origin {
                    let json = try encoder.encode(origin)
                    content.metadata["origin.\(vector.name)"] = String(decoding: json, as: UTF8.self)
                }
            }
        } catch {
            throw .unreadable(.json(file: name, line: nil))
        }
        FolderPublication.removeLeftovers(of: name, in: folder)
        do { try DurableFile.write(content.bytes(checksum: true), to: name, in: folder) } catch {
            throw .notWritten(error)
        }
    }
}
