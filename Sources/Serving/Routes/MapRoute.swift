import Checkpoints
import HTTP
import HTTPTypes
import LatentSpace
import Tensors

/// The encoded dataset in the plane.
enum MapRoute {
    static let endpoints = [
        Endpoint(
            method: .get, pattern: "/v1/models/{model}/map", access: .infer, query: ["format", "epoch"], bodyLimit: 0,
            summary: "The encoded test set: a point of the plane, a label and an index for each image.", handle: handle)
    ]

    /// What stands for a missing label in the binary form.
    static let noLabel: UInt8 = 255

    private static func handle(_ request: Request, _ services: Services) throws -> Response {
        let model = try services.model(request)
        let map = try map(model, epoch: QueryFields(request).integer("epoch", in: 0...Int.max))
        let plane = MapPlanes.plane(of: map, model)
        let count = map.latents.rows

        let type = try MediaType.wanted(request, offered: [.json, .octets, .npy])
        if type == .npy {
            var response = try ImageResult.numbers(
                Tensor(shape: [count, 2], values: plane), as: type, name: "latent")
            response.fields[.epoch] = String(map.epoch)
            return response
        }
        if type == .octets {
            let labels = map.labels ?? [UInt8](repeating: noLabel, count: count)
            var response = Response(contentType: MediaType.octets.rawValue, body: RawTensor.bytes(plane) + labels)
            response.fields[.shape] = "\(count),2"
            response.fields[.elementType] = "f32"
            response.fields[.epoch] = String(map.epoch)
            return response
        }
        var writer = JSONWriter(capacity: count * 32)
        writer.beginObject()
        for (key, text) in [("model", model.name), ("dataset", map.dataset), ("split", map.split)] {
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
        writer.beginArray()
        for row in 0..<count { writer.integer(row) }
        writer.endArray()
        writer.endObject()
        return .json(writer.bytes)
    }

    private static func map(_ model: ServedModel, epoch: Int?) throws -> LatentMap {
        let latest: LatentMap?
        do { latest = try MapAbsence.latest(of: model) } catch {
            // The maps of earlier epochs are files of their own.
            guard let epoch, model.mapEpochs.contains(epoch) else { throw error }
            latest = nil
        }
        if let latest, epoch == nil || epoch == latest.epoch { return latest }
        guard let epoch else {
            throw MapAbsence.none(model: model.name)
        }
        if let map = try MapAbsence.of(epoch: epoch, model) { return map }
        let kept = model.mapEpochs.map(String.init).joined(separator: ", ")
        throw ServiceError.notFound(
            "epoch_not_kept",
            "The map of epoch \(epoch) was not kept. " + (kept.isEmpty ? "None was." : "There are: \(kept)."), "epoch")
    }
}
