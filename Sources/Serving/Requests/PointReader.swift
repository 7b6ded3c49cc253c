import Autoencoders
import Checkpoints
import Datasets
import Tensors

/// Reads points: anything that names a place in a model's latent space.
struct PointReader {
    let model: ServedModel
    let datasets: DatasetCatalogue
    let latents: LatentReader
    let images: ImageReader

    static let keys = ["latent", "image", "sample"]

    /// - Parameter resizes: whether pictures of another size are resized instead of refused.
    init(_ model: ServedModel, datasets: DatasetCatalogue, resizes: Bool) {
        (self.model, self.datasets) = (model, datasets)
        latents = LatentReader(model: model.name, dimension: model.configuration.latentDimension)
        images = ImageReader(model: model.name, shape: model.configuration.input, resizes: resizes)
    }

    private enum Source {
        case latent([Float])
        /// The number of the image among those to be encoded.
        case image(Int)
    }

    /// The latents of points; images among them are encoded together, to their means.
    func points(_ nodes: [(node: JSONNode, path: String)], of document: JSONDocument) throws -> [[Float]] {
        var pixels: [Float] = []
        var sources: [Source] = []
        var count = 0
        for (node, path) in nodes {
            let fields = try Fields.object(node, of: document, path: path)
            try fields.allow(Self.keys)
            if let latent = fields["latent"], fields.object.members.count == 1 {
                sources.append(.latent(try latents.row(latent, of: document, path: fields.path(of: "latent"))))
            } else {
                pixels += try image(fields)
                sources.append(.image(count))
                count += 1
            }
        }
        guard count > 0 else { return sources.map { if case .latent(let latent) = $0 { latent } else { [] } } }
        let encoding = try model.autoencoder.encode(try tensor(pixels, count: count))
        return sources.map { source in
            switch source {
            case .latent(let latent): latent
            case .image(let index): Array(encoding.mean.row(index))
            }
        }
    }

    /// The pixels of a point that is an image or a sample.
    func image(_ fields: Fields) throws -> [Float] {
        let given = Self.keys.filter { fields[$0] != nil }
        guard given.count == 1 else {
            let path = fields.path.isEmpty ? nil : fields.path
            throw ServiceError.impossible(
                "invalid_point",
                "A point is exactly one of latent, image and sample; here "
                    + (given.isEmpty ? "is none." : "are \(given.joined(separator: " and "))."), path)
        }
        if let node = fields["image"] {
            return try images.image(node, of: fields.document, path: fields.path(of: "image"))
        }
        guard let node = fields["sample"] else {
            throw ServiceError.wrongType(
                fields.path(of: given[0]), actual: "a latent", expected: "an image or a sample")
        }
        return try sample(Fields.object(node, of: fields.document, path: fields.path(of: "sample")))
    }

    func tensor(_ pixels: [Float], count: Int) throws -> Tensor {
        let shape = model.configuration.input
        return try Tensor(shape: [count, shape.channels, shape.height, shape.width], values: pixels)
    }

    private func sample(_ fields: Fields) throws -> [Float] {
        try fields.allow(["dataset", "split", "index"])
        guard let name = try fields.string("dataset") else {
            throw ServiceError.missing(fields.path(of: "dataset"), "a dataset's name")
        }
        guard fields["index"] != nil else { throw ServiceError.missing(fields.path(of: "index"), "an image's index") }
        let part: Dataset.Part = try fields.choice("split", default: .test)
        let index = try fields.integer("index", in: 0...Int.max, default: 0)
        let split: Split
        do throws(DatasetError) {
            split = try datasets.dataset(named: name)[part]
        } catch { throw ServiceError(error, parameter: fields.path(of: "dataset")) }
        let shape = model.configuration.input
        guard split.shape.channels == shape.channels, split.shape.height == shape.height,
            split.shape.width == shape.width
        else {
            throw ServiceError.impossible(
                "image_shape_mismatch",
                "Model '\(model.name)' takes images of \(shape); those of '\(name)' are \(split.shape).", fields.path)
        }
        var pixels = [Float](repeating: 0, count: shape.count)
        let copied: Result<Void, DatasetError> = pixels.withUnsafeMutableBufferPointer { buffer in
            do throws(DatasetError) { return .success(try split.copyBatch(indices: [index], into: buffer)) } catch {
                return .failure(error)
            }
        }
        if case .failure(let error) = copied { throw ServiceError(error, parameter: fields.path(of: "index")) }
        return pixels
    }
}
