import Checkpoints
import HTTP
import Synchronization

/// The losses of a version's map, worked out once: by one request at a time, which the next one goes on for where its
/// client has gone. Nobody waits for another's work, since who waits keeps a thread from others.
final class KeptLosses: Sendable {
    private struct State {
        var losses: SampleLosses
        var isBusy = false
    }

    private let state: Mutex<State>

    private init(dimensions: Int) { state = Mutex(State(losses: SampleLosses(dimensions: dimensions))) }

    static func of(
        _ map: LatentMap, _ model: ServedModel, _ request: Request, _ services: Services
    ) throws -> SampleLosses {
        let kept = model.derived.value { KeptLosses(dimensions: model.configuration.latentDimension) }
        return try kept.losses(of: map, model, request, services)
    }

    private func losses(
        of map: LatentMap, _ model: ServedModel, _ request: Request, _ services: Services
    ) throws -> SampleLosses {
        let (known, isMine) = state.withLock { state in
            let isMine = state.losses.count < map.latents.rows && !state.isBusy
            if isMine { state.isBusy = true }
            return (state.losses, isMine)
        }
        if known.count >= map.latents.rows { return known }
        guard isMine else {
            throw ServiceError(
                status: .serviceUnavailable, code: "losses_computing",
                message: "The losses are being worked out: \(known.count) of \(map.latents.rows).", parameter: "values",
                retryAfter: 1)
        }
        defer { state.withLock { $0.isBusy = false } }
        let source = try SampleSource(map, model, request, services)
        let computation = Computation(model.autoencoder, for: request)
        var losses = known
        while losses.count < map.latents.rows {
            try losses.add(source, computation)
            state.withLock { [losses] in $0.losses = losses }
        }
        return losses
    }
}
