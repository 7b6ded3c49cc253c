import Autoencoders
import Checkpoints
import HTTP
import Tensors

/// A request's work for a model: rows in, a part of the result out.
protocol ModelWork: SendableMetatype {
    associatedtype Output

    /// Which model is asked for what. From here on, what goes wrong is counted as the model's failure.
    static func target(of request: Request, _ services: Services) throws -> ModelTarget
    /// Reads and checks the request; nothing that is wrong with it reaches others.
    init(_ request: Request, of target: ModelTarget, _ services: Services) throws

    var model: ServedModel { get }
    /// What the model is run over, [n, ...]: latents or images.
    var rows: Tensor { get }

    /// What the request alone comes to.
    func output() throws -> Output
    /// What rows of several requests like this one come to, on one worker, one output for each count of rows.
    ///
    /// - Parameter proceed: throws when nobody waits for any of them.
    func outputs(of rows: Tensor, counts: [Int], proceed: @escaping Autoencoder.Proceeding) throws -> [Output]
    /// Whether the two may be computed as one; what goes with nothing does not go with itself.
    func goesTogether(with other: Self) -> Bool

    func response(_ output: Output) throws -> Response
}

/// A model as it is served now, and what it is asked for.
struct ModelTarget {
    let name: OIPModel
    let model: ServedModel
}

extension ModelWork {
    func goesTogether(with other: Self) -> Bool { model.autoencoder === other.model.autoencoder }

    static func answer(_ request: Request, _ services: Services) throws -> Response {
        try CountedWork<Self>(request, services).answerAlone()
    }

    /// Answers requests that have waited together: those for the same version of a model are computed as one batch.
    ///
    /// A row gives the same bytes alone and in a batch, so nobody can tell.
    static func answers(_ requests: [Request], _ services: Services) -> [Result<Response, any Error>] {
        var results = [Result<Response, any Error>?](repeating: nil, count: requests.count)
        var groups: [[(index: Int, counted: CountedWork<Self>)]] = []
        for (index, request) in requests.enumerated() {
            do {
                let counted = try CountedWork<Self>(request, services)
                let work = counted.work
                guard work.rows.rows <= Limits.rowsTogether, work.goesTogether(with: work) else {
                    results[index] = Result { try counted.answerAlone() }
                    continue
                }
                if let known = groups.firstIndex(where: { $0[0].counted.work.goesTogether(with: work) }) {
                    groups[known].append((index, counted))
                } else {
                    groups.append([(index, counted)])
                }
            } catch {
                results[index] = .failure(error)
            }
        }
        for group in groups {
            let works = group.map(\.counted.work)
            let rows = works.reduce(0) { $0 + $1.rows.rows }
            let outputs = Result { try batch(works, for: group.map(\.counted.request)) }
            let computed = InferenceCounters.now
            services.metrics.observe(batch: rows)
            for (place, member) in group.enumerated() {
                results[member.index] = Result {
                    try member.counted.answer(batch: rows, isFirst: place == 0, computed: computed) {
                        try outputs.get()[place]
                    }
                }
            }
        }
        return results.map { $0 ?? .failure(ClientGone()) }
    }

    /// Goes on for as long as somebody waits for a part of it.
    private static func batch(_ works: [Self], for requests: [Request]) throws -> [Output] {
        let counts = works.map(\.rows.rows)
        guard let first = works.first, works.count > 1 else { return try works.map { try $0.output() } }
        let shape = [counts.reduce(0, +)] + first.rows.shape.dimensions.dropFirst()
        let rows = try Tensor(shape: Shape(shape), values: works.flatMap(\.rows.values))
        return try first.outputs(of: rows, counts: counts) {
            if requests.allSatisfy(\.isCancelled) { throw ClientGone() }
        }
    }
}

extension Tensor {
    /// Its rows in parts, [count, ...] each.
    func split(_ counts: [Int]) throws -> [Tensor] {
        var first = 0
        return try counts.map { count in
            defer { first += count }
            let part = values[first * rowLength..<(first + count) * rowLength]
            return try Tensor(shape: Shape([count] + shape.dimensions.dropFirst()), values: Array(part))
        }
    }
}
