import Checkpoints
import HTTP
import HTTPTypes
import Tensors

/// A map of the plane on its way out: as JSON, as bare numbers with the labels behind them, or as an NPY file.
struct MapResult {
    let map: LatentMap
    /// [x, y] of each sample, one after another.
    let plane: [Float]
    /// What the samples are coloured by, where that was asked for.
    var losses: (part: SampleLosses.Part, of: SampleLosses)?
    /// Whose map it is: a member's name and value.
    let owner: (key: String, value: String)

    /// What stands for a missing label in the binary form.
    static let noLabel: UInt8 = 255

    func response(to request: Request) throws -> Response {
        let count = map.latents.rows
        let type = try MediaType.wanted(request, offered: [.json, .octets, .npy])
        guard type != .json else { return .json(try json(count)) }
        if let losses {
            let values = losses.of.values(losses.part).map(Float.init)
            return try ImageResult.numbers(Tensor(shape: [count], values: values), as: type, name: losses.part.rawValue)
        }
        var response = try ImageResult.numbers(Tensor(shape: [count, 2], values: plane), as: type, name: "latent")
        if type == .octets { response.body += map.labels ?? [UInt8](repeating: Self.noLabel, count: count) }
        response.fields[.epoch] = String(map.epoch)
        return response
    }

    private func json(_ count: Int) throws -> [UInt8] {
        var writer = JSONWriter(capacity: count * 32)
        writer.beginObject()
        for (key, text) in [owner, ("dataset", map.dataset), ("split", map.split)] {
            writer.key(key)
            writer.string(text)
        }
        writer.key("epoch")
        writer.integer(map.epoch)
        writer.key("latent")
        try writer.floats(plane[...], shape: [count, 2], name: "latent")
        writer.key("label")
        writer.beginArray()
        for row in 0..<count {
            if let label = map.labels?[row] { writer.integer(Int(label)) } else { writer.null() }
        }
        writer.endArray()
        writer.key("index")
        writer.integers(map.indices ?? Array(0..<count))
        if let losses {
            try writer.numbers("values", losses.of.values(losses.part))
            try writer.numbers("dimension_kl", losses.of.dimensions)
        }
        writer.endObject()
        return writer.bytes
    }
}
