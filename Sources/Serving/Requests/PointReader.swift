import Autoencoders
import Checkpoints
import Datasets
import Kernels
import Tensors

/// Reads points: anything that names a place in a model's latent space.
struct PointReader {
    let model: ServedModel
    let datasets: DatasetCatalogue
    let vectors: NamedVectorStore
    let owner: WorkOwner
    let latents: LatentReader
    let images: ImageReader

    static let keys = ["latent", "image", "sample", "vector"]

    /// - Parameters:
    ///   - resizes: whether pictures of another size are resized instead of refused.
    ///   - owner: with whom the reading of pictures, and the encoding of points, takes turns.
    init(
        _ model: ServedModel, datasets: DatasetCatalogue, vectors: NamedVectorStore, resizes: Bool, owner: WorkOwner
    ) {
        (self.model, self.datasets, self.vectors, self.owner) = (model, datasets, vectors, owner)
        latents = LatentReader(model: model.name, dimension: model.configuration.latentDimension)
        images = ImageReader(
            model: model.name, shape: model.configuration.input, pool: model.autoencoder.pool, owner: owner,
            resizes: resizes)
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
            if let latent = try latent(fields) {
                sources.append(.latent(latent))
            } else {
                try Limits.check(values: count + 1, model.configuration.input.count, parameter: path)
                pixels += try image(fields)
                sources.append(.image(count))
                count += 1
            }
        }
        guard count > 0 else { return sources.map { if case .latent(let latent) = $0 { latent } else { [] } } }
        let encoding = try model.autoencoder.encode(try tensor(pixels, count: count), owner: owner)
        return sources.map { source in
            switch source {
            case .latent(let latent): latent
            case .image(let index): Array(encoding.mean.row(index))
            }
        }
    }

    /// The numbers of a point that is a latent or a named vector and nothing else; nil for any other.
    func latent(_ fields: Fields) throws -> [Float]? {
        guard Self.keys.count(where: { fields[$0] != nil }) == 1 else { return nil }
        if let node = fields["latent"] {
            return try latents.row(node, of: fields.document, path: fields.path(of: "latent"))
        }
        guard let name = try fields.string("vector") else { return nil }
        return try vector(named: name, path: fields.path(of: "vector"))
    }

    func vector(named name: String, path: String) throws -> [Float] {
        guard let vector = try vectors.vector(named: name, of: model) else {
            throw ServiceError.impossible(
                "vector_not_found", "Model '\(model.name)' has no vector '\(name.prefix(80))'.", path)
        }
        return vector.values
    }

    /// The pixels of a point that is an image or a sample.
    func image(_ fields: Fields) throws -> [Float] {
        let given = Self.keys.filter { fields[$0] != nil }
        guard given.count == 1 else {
            let path = fields.path.isEmpty ? nil : fields.path
            throw ServiceError.impossible(
                "invalid_point",
                "A point is exactly one of latent, image, sample and vector; here "
                    + (given.isEmpty ? "is none." : "are \(given.joined(separator: " and "))."), path)
        }
        if let node = fields["image"] {
            return try images.image(node, of: fields.document, path: fields.path(of: "image"))
        }
        guard let node = fields["sample"] else {
            throw ServiceError.wrongType(
                fields.path(of: given[0]), actual: "a \(given[0])", expected: "an image or a sample")
        }
        return try sample(Fields.object(node, of: fields.document, path: fields.path(of: "sample")))
    }

    func tensor(_ pixels: [Float], count: Int) throws -> Tensor {
        let shape = model.configuration.input
        return try Tensor(shape: [count, shape.channels, shape.height, shape.width], values: pixels)
    }

    private func sample(_ fields: Fields) throws -> [Float] {
        try fields.allow(["dataset", "split", "index"])
        guard fields["dataset"] != nil else {
            throw ServiceError.missing(fields.path(of: "dataset"), "a dataset's name")
        }
        guard fields["index"] != nil else { throw ServiceError.missing(fields.path(of: "index"), "an image's index") }
        let index = try fields.integer("index", in: 0...Int.max, default: 0)
        let split = try split(fields).split
        do throws(DatasetError) { return try Self.pixels(split, [index]) } catch {
            throw ServiceError(error, parameter: fields.path(of: "index"))
        }
    }

    /// The part of a dataset that `dataset` and `split` name; its images must be the model's.
    func split(_ fields: Fields) throws -> (split: Split, dataset: String, part: Dataset.Part) {
        let name = try fields.string("dataset") ?? ""
        let part: Dataset.Part = try fields.choice("split", default: .test)
        let split = try split(part, of: name, parameter: fields.path(of: "dataset"))
        return (split, name, part)
    }

    /// A part of a dataset whose images must be the model's; `parameter` is to blame where they are not.
    func split(_ part: Dataset.Part, of name: String, parameter: String) throws -> Split {
        let split: Split
        do throws(DatasetError) {
            split = try datasets.dataset(named: name)[part]
        } catch { throw ServiceError(error, parameter: parameter) }
        let shape = model.configuration.input
        guard split.shape.channels == shape.channels, split.shape.height == shape.height,
            split.shape.width == shape.width
        else {
            throw ServiceError.impossible(
                "image_shape_mismatch",
                "Model '\(model.name)' takes images of \(shape); those of '\(name)' are \(split.shape).",
                parameter)
        }
        return split
    }

    /// Images of a split one after another, as floats.
    static func pixels(_ split: Split, _ indices: ArraySlice<Int>) throws(DatasetError) -> [Float] {
        var pixels = [Float](repeating: 0, count: indices.count * split.shape.elementCount)
        let copied: Result<Void, DatasetError> = pixels.withUnsafeMutableBufferPointer { buffer in
            do throws(DatasetError) { return .success(try split.copyBatch(indices: indices, into: buffer)) } catch {
                return .failure(error)
            }
        }
        try copied.get()
        return pixels
    }
}
