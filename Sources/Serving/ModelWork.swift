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

    /// Answers requests that have waited together: those for the same version of a model are computed in batches, which have
    /// their turns in the order of their first. Each is answered as soon as its batch is: nobody waits for those behind.
    ///
    /// A row gives the same bytes alone and in a batch, so nobody can tell.
    static func answer(_ requests: [Request], _ services: Services, answered: ([Endpoint.GroupAnswer]) -> Void) {
        var batches: [Batch<Self>] = []
        for (place, request) in requests.enumerated() {
            do {
                let counted = try CountedWork<Self>(request, services)
                if let open = batches.firstIndex(where: { $0.takes(counted.work) }) {
                    batches[open].append(counted, place)
                } else {
                    batches.append(Batch(counted, place))
                }
            } catch { answered([(place, .failure(error))]) }
        }
        for batch in batches { answered(batch.answers(services)) }
    }
}

/// Requests that are computed at once; one of many rows is alone.
private struct Batch<Work: ModelWork> {
    private var members: [(counted: CountedWork<Work>, place: Int)]
    private var rows: Int
    private let isOpen: Bool

    init(_ first: CountedWork<Work>, _ place: Int) {
        (members, rows) = ([(first, place)], first.work.rows.rows)
        isOpen = rows <= Limits.rowsTogether && first.work.goesTogether(with: first.work)
    }

    func takes(_ work: Work) -> Bool {
        isOpen && work.rows.rows <= Limits.rowsTogether && rows + work.rows.rows <= Limits.batchRows
            && members[0].counted.work.goesTogether(with: work)
    }

    mutating func append(_ counted: CountedWork<Work>, _ place: Int) {
        members.append((counted, place))
        rows += counted.work.rows.rows
    }

    func answers(_ services: Services) -> [Endpoint.GroupAnswer] {
        guard isOpen else {
            return members.map { member in (member.place, Result { try member.counted.answerAlone() }) }
        }
        let outputs = Result { try compute() }
        let computed = InferenceCounters.now
        services.metrics.observe(batch: rows)
        return members.enumerated().map { index, member in
            let result = Result {
                try member.counted.answer(batch: rows, isFirst: index == 0, computed: computed) {
                    try outputs.get()[index]
                }
            }
            return (member.place, result)
        }
    }

    /// Goes on for as long as somebody waits for a part of it.
    private func compute() throws -> [Work.Output] {
        let (works, requests) = (members.map(\.counted.work), members.map(\.counted.request))
        let counts = works.map(\.rows.rows)
        guard let first = works.first, works.count > 1 else { return try works.map { try $0.output() } }
        let shape = [rows] + first.rows.shape.dimensions.dropFirst()
        let together = try Tensor(shape: Shape(shape), values: works.flatMap(\.rows.values))
        return try first.outputs(of: together, counts: counts) {
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
