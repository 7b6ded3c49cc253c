import HTTP
import Tensors

/// What a request gives a model to work on, in whichever form it came.
struct ModelInput {
    let reader: PointReader
    let request: Request

    private var types: [MediaType] { [.json, .png, .octets, .npy] }

    /// The images of an encode or reconstruct request, [n, channels, height, width], and the body's other fields.
    func images(options: [String]) throws -> (images: Tensor, fields: Fields?) {
        let query = QueryFields(request)
        let (rows, columns) = (
            try query.integer("rows", in: 1...Limits.rows), try query.integer("columns", in: 1...Limits.rows)
        )
        let padding = try query.integer("padding", in: 0...1024) ?? 0
        switch try MediaType.ofBody(request, accepted: types) {
        case .json:
            let fields = try Fields(try JSONParser.parse(request.body))
            try fields.allow(["images"] + PointReader.keys + options)
            if let node = fields["images"] {
                try only("images", in: fields)
                let (values, count) = try reader.images.images(node, of: fields.document, path: "images")
                return (try reader.tensor(values, count: count), fields)
            }
            try some("images", "an array of images", in: fields)
            return (try reader.tensor(try reader.image(fields), count: 1), fields)
        case .png:
            let (values, count) = try reader.images.sheet(
                request.body, rows: rows, columns: columns, padding: padding)
            return (try reader.tensor(values, count: count), nil)
        case .octets: return (try images(try RawTensor(request)), nil)
        case .npy: return (try images(try RawTensor(npy: request.body)), nil)
        }
    }

    /// The latents of a decode request, [n, latent dimension].
    func latents() throws -> Tensor {
        let dimension = reader.latents.dimension
        let type = try MediaType.ofBody(request, accepted: [.json, .octets, .npy])
        switch type {
        case .json:
            let document = try JSONParser.parse(request.body)
            let fields = try Fields(document)
            try fields.allow(["latents"] + PointReader.keys)
            if let node = fields["latents"] {
                try only("latents", in: fields)
                let (values, count) = try reader.latents.rows(node, of: document, path: "latents")
                return try Tensor(shape: [count, dimension], values: values)
            }
            if let values = try reader.latent(fields) {
                return try Tensor(shape: [1, dimension], values: values)
            }
            try some("latents", "an array of rows", in: fields)
            let image = try reader.tensor(try reader.image(fields), count: 1)
            return try reader.model.autoencoder.encode(image, owner: reader.owner).mean
        default:
            let numbers = type == .npy ? try RawTensor(npy: request.body) : try RawTensor(request)
            let (values, count) = try reader.latents.raw(numbers)
            return try Tensor(shape: [count, dimension], values: values)
        }
    }

    private func images(_ numbers: RawTensor) throws -> Tensor {
        let (values, count) = try reader.images.raw(numbers)
        return try reader.tensor(values, count: count)
    }

    /// The fields of a body that must be JSON.
    static func fields(_ request: Request, allowed: [String]) throws -> Fields {
        _ = try MediaType.ofBody(request, accepted: [.json])
        let fields = try Fields(try JSONParser.parse(request.body))
        try fields.allow(allowed)
        return fields
    }

    /// Where no point is given either, it is the usual field that is missing.
    private func some(_ name: String, _ expected: String, in fields: Fields) throws {
        guard PointReader.keys.contains(where: { fields[$0] != nil }) else {
            throw ServiceError.missing(name, expected)
        }
    }

    private func only(_ name: String, in fields: Fields) throws {
        for key in PointReader.keys where fields[key] != nil {
            throw ServiceError.impossible(
                "conflicting_fields", "'\(name)' and '\(key)' cannot be given together.", key)
        }
    }
}
