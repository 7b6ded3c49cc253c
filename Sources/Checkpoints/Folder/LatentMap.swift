import Tensors

/// A dataset as a model encodes it: the posterior means, in the order of the dataset.
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

    public init(epoch: Int, dataset: String, split: String, latents: Tensor, labels: [UInt8]?) throws(SafetensorsError)
    {
        guard latents.shape.rank == 2 else {
            throw .shapeMismatch(tensor: "latent", expected: [latents.rows, latents.rowLength], actual: latents.shape)
        }
        if let labels, labels.count != latents.rows {
            throw .shapeMismatch(tensor: "label", expected: [latents.rows], actual: [labels.count])
        }
        (self.epoch, self.dataset, self.split) = (epoch, dataset, split)
        (self.latents, self.labels) = (latents, labels)
    }

    func content() throws -> SafetensorsContent {
        var content = SafetensorsContent(metadata: ["epoch": "\(epoch)", "dataset": dataset, "split": split])
        try content.add("latent", latents)
        if let labels { try content.add("label", shape: [labels.count], bytes: labels) }
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
        try self.init(
            epoch: Int(file.metadata["epoch"] ?? "") ?? 0, dataset: file.metadata["dataset"] ?? "",
            split: file.metadata["split"] ?? "", latents: latents, labels: labels)
    }
}
