import Checkpoints
import Synchronization

/// The planes that a version's maps are shown on, each projected once.
final class MapPlanes: Sendable {
    /// Of each epoch, pairs of numbers.
    private let planes = Mutex<[Int: [Float]]>([:])
    private static let limit = 16

    /// The map of one of the model's epochs as points of the plane. Others who ask meanwhile wait for it.
    static func plane(of map: LatentMap, _ model: ServedModel) -> [Float] {
        // In two dimensions there is nothing to be worked out.
        if map.latents.rowLength <= 2 { return PlaneProjection.project(map.latents) }
        let planes = model.derived.value { MapPlanes() }
        return planes.planes.withLock { planes in
            if let plane = planes[map.epoch] { return plane }
            if planes.count >= limit { planes.removeAll() }
            let plane = PlaneProjection.project(map.latents)
            planes[map.epoch] = plane
            return plane
        }
    }
}
