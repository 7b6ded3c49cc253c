import Checkpoints
import HTTP
import LatentSpace
import Tensors

/// The samples that a model's map holds: what tells whether a place in latent space lies among the data.
struct EncodedSamples {
    let map: LatentMap
    let spacing: SampleSpacing

    /// Comparisons of numbers that one request may take: 10,000 latents with as many samples in two dimensions, which
    /// takes below a second.
    private static let budget = 1 << 28

    init(of model: ServedModel) throws {
        guard let map = try MapAbsence.latest(of: model) else { throw MapAbsence.none(model: model.name) }
        self.map = map
        spacing = try model.derived.value { try SampleSpacing(of: map.latents) }
    }

    /// The nearest samples, at least one if the map has any.
    func nearest(_ latent: [Float], count: Int) throws -> [NearestSamples.Neighbour] {
        try NearestSamples.find(latent, in: map.latents, count: count)
    }

    /// Writes the members `nearest` and, in latent units and beside what is usual in the map, `distance`.
    func write(_ neighbours: [NearestSamples.Neighbour], _ writer: inout JSONWriter) throws {
        writer.key("nearest")
        writer.beginArray()
        for neighbour in neighbours {
            writer.beginObject()
            writer.key("index")
            writer.integer(neighbour.index)
            writer.key("label")
            if let label = map.labels?[neighbour.index] { writer.integer(Int(label)) } else { writer.null() }
            writer.key("distance")
            try writer.number(neighbour.distance, name: "distance")
            writer.endObject()
        }
        writer.endArray()
        try writer.optional("distance", neighbours.first?.distance)
        try writer.optional("typical_distance", spacing.typical)
        try writer.optional("relative_distance", neighbours.first.flatMap { relative($0.distance) })
    }

    /// Writes the distance from each latent to the sample nearest to it.
    func writeDistances(of latents: Tensor, for request: Request, _ writer: inout JSONWriter) throws {
        try check(latents.rows)
        var distances: [Double] = []
        for row in 0..<latents.rows {
            if request.isCancelled { throw ClientGone() }
            guard let first = try nearest(Array(latents.row(row)), count: 1).first else { break }
            distances.append(first.distance)
        }
        try writer.numbers("distance", distances)
        try writer.optional("typical_distance", spacing.typical)
        try writer.numbers("relative_distance", distances.compactMap(relative))
    }

    /// Refuses more comparisons than a request may take.
    func check(_ count: Int) throws {
        let (product, overflow) = count.multipliedReportingOverflow(by: map.latents.values.count)
        guard overflow || product > Self.budget else { return }
        throw ServiceError.impossible(
            "result_too_large",
            "The distances of \(count) latents to \(map.latents.rows) samples take too long; at most "
                + "\(Self.budget / max(1, map.latents.values.count)) latents can be asked for.", "distances")
    }

    private func relative(_ distance: Double) -> Double? { spacing.typical.map { distance / $0 } }
}

/// Why a model's map cannot be used.
enum MapAbsence: Error, CustomStringConvertible {
    case none(model: String)
    /// The reason is fit for everybody: it names files by their place in the checkpoint.
    case unreadable(model: String, reason: CheckpointError)

    var description: String {
        switch self {
        case .none(let model): "Model '\(model)' has no map."
        case .unreadable(let model, let reason): "The map of model '\(model)' cannot be read. \(reason)"
        }
    }

    static func latest(of model: ServedModel) throws -> LatentMap? {
        try reading(model) { () throws(CheckpointError) in try model.map() }
    }

    static func of(epoch: Int, _ model: ServedModel) throws -> LatentMap? {
        try reading(model) { () throws(CheckpointError) in try model.map(epoch: epoch) }
    }

    private static func reading(
        _ model: ServedModel, _ body: () throws(CheckpointError) -> LatentMap?
    ) throws -> LatentMap? {
        do throws(CheckpointError) { return try body() } catch {
            throw unreadable(model: model.name, reason: error)
        }
    }
}

extension JSONWriter {
    mutating func optional(_ key: String, _ value: Double?) throws(NonFiniteResult) {
        self.key(key)
        if let value { try number(value, name: key) } else { null() }
    }

    /// An array whose entries an error names by their row.
    mutating func numbers(_ key: String, _ values: [Double]) throws(NonFiniteResult) {
        self.key(key)
        beginArray()
        for (row, value) in values.enumerated() { try number(value, name: key, row: row) }
        endArray()
    }

    /// Where each latent lies under the prior: `norm` and `percentile`, an entry a row.
    mutating func priorPlaces(of latents: Tensor) throws(NonFiniteResult) {
        let norms = (0..<latents.rows).map { PriorNorm.norm(Array(latents.row($0))) }
        try numbers("norm", norms)
        try numbers(
            "percentile",
            norms.map { 100 * PriorNorm.cumulativeProbability(norm: $0, dimensions: latents.rowLength) })
    }
}
