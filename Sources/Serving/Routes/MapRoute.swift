import Checkpoints
import HTTP

/// The encoded dataset in the plane.
enum MapRoute {
    static let endpoints = [
        Endpoint(
            method: .get, pattern: "/v1/models/{model}/map", access: .infer,
            query: ["format", "epoch", "axes", "values"],
            bodyLimit: 0,
            summary: "The encoded test set: a point of the plane, a label and an index for each image.", handle: handle)
    ]

    private static func handle(_ request: Request, _ services: Services) throws -> Response {
        let model = try services.model(request)
        let query = QueryFields(request)
        let axes = try axes(query, dimensions: model.configuration.latentDimension)
        let part: SampleLosses.Part? = try query.choice("values")
        let map = try map(model, epoch: query.integer("epoch", in: 0...Int.max))
        var result = MapResult(
            map: map, plane: axes.map { plane(of: map, $0) } ?? MapPlanes.plane(of: map, model),
            owner: ("model", model.name))
        if let part {
            guard query.query["epoch"] == nil else {
                throw ServiceError.impossible(
                    "conflicting_fields", "Losses are those of the latest map; 'epoch' cannot be given too.", "values")
            }
            result.losses = (part, try KeptLosses.of(map, model, request, services))
        }
        return try result.response(to: request)
    }

    /// `axes=i,j`: two of the latent dimensions, from left to right and from bottom to top.
    private static func axes(_ query: QueryFields, dimensions: Int) throws -> [Int]? {
        guard let text = query.query["axes"] else { return nil }
        let axes = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard axes.count == 2, let first = axes[0], let second = axes[1] else {
            throw ServiceError.wrongType("axes", actual: "'\(text.prefix(32))'", expected: "two integers, as in 0,1")
        }
        guard [first, second].allSatisfy({ (0..<dimensions).contains($0) }), first != second else {
            throw ServiceError.outOfRange(
                "axes", actual: "\(first),\(second)", expected: "two dimensions, each from 0 to \(dimensions - 1)")
        }
        return [first, second]
    }

    private static func plane(of map: LatentMap, _ axes: [Int]) -> [Float] {
        let latents = map.latents
        return (0..<latents.rows).flatMap { row in axes.map { latents.values[row * latents.rowLength + $0] } }
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
