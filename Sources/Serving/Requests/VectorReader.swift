import Checkpoints
import Datasets
import Foundation
import HTTP
import LatentSpace
import Tensors

/// Reads what a named vector is to be: numbers, the difference of two sets of points, or what a label means.
struct VectorReader {
    let reader: PointReader
    let request: Request

    private enum Form: String, CaseIterable {
        case latent
        case difference = "from"
        case label = "dataset"

        var fields: [String] {
            switch self {
            case .latent: ["latent"]
            case .difference: ["from", "to"]
            case .label: ["dataset", "split", "label"]
            }
        }
    }

    func vector(_ fields: Fields, named name: String) throws -> NamedVector {
        let (values, origin) = try content(fields)
        return NamedVector(
            name: name, values: values, origin: origin, createdAt: JobDocument.timestamp(Date()))
    }

    static let fields = Form.allCases.flatMap(\.fields)

    private func content(_ fields: Fields) throws -> ([Float], NamedVector.Origin) {
        guard let form = Form.allCases.first(where: { $0.fields.contains { fields[$0] != nil } }) else {
            throw ServiceError.missing("latent", "'latent', 'from' and 'to', or 'dataset' and 'label'")
        }
        for name in Self.fields where fields[name] != nil && !form.fields.contains(name) {
            throw ServiceError.impossible(
                "conflicting_fields", "'\(form.rawValue)' and '\(name)' cannot be given together.", name)
        }
        switch form {
        case .latent:
            guard let node = fields["latent"] else { throw ServiceError.missing("latent", "numbers") }
            return (try reader.latents.row(node, of: fields.document, path: "latent"), .latent)
        case .difference:
            let from = try points("from", fields)
            let to = try points("to", fields)
            let latents = try reader.points(from + to, of: fields.document)
            let values = try AttributeVector.difference(
                from: Array(latents.prefix(from.count)), to: Array(latents.suffix(to.count)))
            return (values, .difference(from: from.count, to: to.count))
        case .label: return try label(fields)
        }
    }

    private func points(_ name: String, _ fields: Fields) throws -> [(node: JSONNode, path: String)] {
        guard let points = try fields.objects(name, limit: OperationLimits.points) else {
            throw ServiceError.missing(name, "an array of points")
        }
        guard !points.isEmpty else { throw ServiceError.outOfRange(name, actual: "empty", expected: "at least one") }
        return points
    }

    private func label(_ fields: Fields) throws -> ([Float], NamedVector.Origin) {
        guard fields["dataset"] != nil else { throw ServiceError.missing("dataset", "a dataset's name") }
        guard fields["label"] != nil else { throw ServiceError.missing("label", "a label's number") }
        let number = try fields.integer("label", in: 0...255, default: 0)
        let (split, dataset, part) = try reader.split(fields)
        guard let labels = split.labels, let label = UInt8(exactly: number) else {
            throw ServiceError.impossible(
                "no_labels", "The dataset '\(dataset)' has no labels in its split '\(part.rawValue)'.", "dataset")
        }
        let with = labels.count { $0 == label }
        guard with > 0 else {
            let known = Set(labels).sorted().map { "\($0)" }.joined(separator: ", ")
            throw ServiceError.outOfRange("label", actual: "\(number)", expected: "one of \(known)")
        }
        guard with < labels.count else {
            throw ServiceError.impossible(
                "no_others", "Every sample has the label \(number); a direction needs samples without it.", "label")
        }
        let means = try means(split, labels: labels)
        return (
            try means.direction(of: label),
            .label(
                dataset: dataset, split: part.rawValue, label: number, with: with, without: labels.count - with)
        )
    }

    /// Encodes the whole split, a part at a time, for as long as the client waits.
    private func means(_ split: Split, labels: [UInt8]) throws -> LabelMeans {
        let model = reader.model
        let computation = Computation(model.autoencoder, for: request)
        var means = LabelMeans(dimensions: model.configuration.latentDimension)
        let part = 512
        for start in stride(from: 0, to: split.count, by: part) {
            let range = start..<min(start + part, split.count)
            let pixels = try PointReader.pixels(split, Array(range)[...])
            let encoding = try computation.encode(try reader.tensor(pixels, count: range.count))
            try means.add(encoding.mean, labels: labels[range])
        }
        return means
    }
}
