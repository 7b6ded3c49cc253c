import Tensors

/// A dataset as a model encodes it: the posterior means, in the order of the dataset; or a sample of it.
public struct LatentMap: Sendable, Equatable {
    /// The epoch of the weights that encoded it.
    public let epoch: Int
    public let dataset: String
    /// "train" or "test".
    public let split: String
    /// [samples, latent dimension]
    public let latents: Tensor
    /// One label a sample, nil for a dataset without.
    public let labels: [UInt8]?
    /// Which image of the split each sample is, nil where they are all of them in order.
    public let indices: [Int]?

    public init(
        epoch: Int, dataset: String, split: String, latents: Tensor, labels: [UInt8]?, indices: [Int]? = nil
    ) throws(SafetensorsError) {
        guard latents.shape.rank == 2 else {
            throw .shapeMismatch(tensor: "latent", expected: [latents.rows, latents.rowLength], actual: latents.shape)
        }
        if let labels, labels.count != latents.rows {
            throw .shapeMismatch(tensor: "label", expected: [latents.rows], actual: [labels.count])
        }
        if let indices, indices.count != latents.rows {
            throw .shapeMismatch(tensor: "index", expected: [latents.rows], actual: [indices.count])
        }
        (self.epoch, self.dataset, self.split) = (epoch, dataset, split)
        (self.latents, self.labels, self.indices) = (latents, labels, indices)
    }

    func content() throws -> SafetensorsContent {
        var content = SafetensorsContent(metadata: ["epoch": "\(epoch)", "dataset": dataset, "split": split])
        try content.add("latent", latents)
        if let labels { try content.add("label", shape: [labels.count], bytes: labels) }
        if let indices { try content.add("index", shape: [indices.count], integers: indices.map(Int64.init)) }
        return content
    }

    init(_ file: SafetensorsFile, latentDimension: Int) throws(SafetensorsError) {
        let samples = try file.shape(of: "latent").dimensions.first ?? 0
        let latents = try file.floats("latent", shape: [samples, latentDimension])
        var labels: [UInt8]?
        if file.contains("label") {
            var bytes: [UInt8] = []
            for (index, value) in try file.integers("label", shape: [samples]).enumerated() {
                guard let label = UInt8(exactly: value) else {
                    throw .valueOutOfRange(tensor: "label", index: index, value: value)
                }
                bytes.append(label)
            }
            labels = bytes
        }
        var indices: [Int]?
        if file.contains("index") { indices = try file.integers("index", shape: [samples]).map { Int($0) } }
        try self.init(
            epoch: Int(file.metadata["epoch"] ?? "") ?? 0, dataset: file.metadata["dataset"] ?? "",
            split: file.metadata["split"] ?? "", latents: latents, labels: labels, indices: indices)
    }

    /// Reads a file of a checkpoint, nil where there is none of that name.
    static func read(
        _ file: String, in folder: String, dimension: @autoclosure () throws(CheckpointError) -> Int
    ) throws(CheckpointError) -> LatentMap? {
        let bytes: [UInt8]?
        do { bytes = try WholeFile.read(file, in: folder, limit: CheckpointFolder.tensorsLimit) } catch {
            throw .file(error)
        }
        guard let bytes else { return nil }
        let latentDimension = try dimension()
        let map: LatentMap
        do { map = try LatentMap(try SafetensorsFile(bytes), latentDimension: latentDimension) } catch {
            throw .tensors(file: file, reason: error)
        }
        if let index = map.latents.values.firstIndex(where: { !$0.isFinite }) {
            throw .nonFinite(file: file, tensor: "latent", index: index)
        }
        return map
    }
}
