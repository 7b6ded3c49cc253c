import Checkpoints
import HTTP

/// The encoded dataset in the plane.
enum MapRoute {
    static let endpoints = [
        Endpoint(
            method: .get, pattern: "/v1/models/{model}/map", access: .infer, query: ["format", "epoch"], bodyLimit: 0,
            summary: "The encoded test set: a point of the plane, a label and an index for each image.", handle: handle)
    ]

    private static func handle(_ request: Request, _ services: Services) throws -> Response {
        let model = try services.model(request)
        let map = try map(model, epoch: QueryFields(request).integer("epoch", in: 0...Int.max))
        let result = MapResult(map: map, plane: MapPlanes.plane(of: map, model), owner: ("model", model.name))
        return try result.response(to: request)
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
