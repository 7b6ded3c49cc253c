import Checkpoints
import Foundation
import HTTP
import HTTPTypes
import LatentSpace

/// Directions and places that have a name. Making one is a kind of training; taking one away is an administrator's.
enum VectorRoutes {
    static let endpoints = [
        Endpoint(
            method: .get, pattern: "/v1/models/{model}/vectors", access: .any(of: .infer, .train), bodyLimit: 0,
            summary: "The named vectors of a model, without their numbers.", handle: list),
        Endpoint(
            method: .get, pattern: "/v1/models/{model}/vectors/{vector}", access: .any(of: .infer, .train),
            bodyLimit: 0, summary: "One named vector."
        ) { request, services in
            let model = try services.model(request)
            guard let vector = try services.vectors.vector(named: name(request), of: model) else {
                throw missing(request, model)
            }
            return try document(vector, model)
        },
        Endpoint(
            method: .put, pattern: "/v1/models/{model}/vectors/{vector}", access: .train, query: QueryFields.points,
            summary: "Makes or replaces a named vector: numbers, the difference of two sets of points, or a label.",
            handle: put),
        Endpoint(
            method: .delete, pattern: "/v1/models/{model}/vectors/{vector}", access: .admin, bodyLimit: 4096,
            summary: "Forgets a named vector."
        ) { request, services in
            let model = try services.model(request)
            guard try services.vectors.remove(named: name(request), of: model) else { throw missing(request, model) }
            return .empty()
        },
    ]

    private static func list(_ request: Request, _ services: Services) throws -> Response {
        let model = try services.model(request)
        let vectors = try services.vectors.vectors(of: model)
        var writer = JSONWriter(capacity: 256 * (vectors.count + 1))
        writer.beginObject()
        writer.key("data")
        writer.beginArray()
        for vector in vectors {
            writer.beginObject()
            try describe(vector, model, &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return .json(writer.bytes)
    }

    private static func put(_ request: Request, _ services: Services) throws -> Response {
        let model = try services.model(request)
        let name = name(request)
        // Before any work for it is done.
        guard NamedVector.isUsable(name: name) else { throw NamedVectorError.unusableName(name) }
        let fields = try ModelInput.fields(request, allowed: VectorReader.fields)
        let reader = VectorReader(reader: try services.reader(of: model, for: request), request: request)
        let vector = try reader.vector(fields, named: name)
        let isNew = try services.vectors.put(vector, of: model)
        var response = try document(vector, model, status: isNew ? .created : .ok)
        if isNew { response.fields[.location] = "/v1/models/\(model.name)/vectors/\(name)" }
        return response
    }

    private static func name(_ request: Request) -> String { request.pathParameters["vector"] ?? "" }

    private static func missing(_ request: Request, _ model: ServedModel) -> ServiceError {
        .notFound(
            "vector_not_found", "Model '\(model.name)' has no vector '\(name(request).prefix(80))'.", "vector")
    }

    private static func document(
        _ vector: NamedVector, _ model: ServedModel, status: HTTPResponse.Status = .ok
    ) throws -> Response {
        var writer = JSONWriter(capacity: 512 + vector.values.count * 12)
        writer.beginObject()
        try describe(vector, model, &writer)
        writer.key("latent")
        try writer.floats(vector.values[...], shape: [vector.values.count], name: "latent")
        writer.endObject()
        return .json(writer.bytes, status: status)
    }

    private static func describe(_ vector: NamedVector, _ model: ServedModel, _ writer: inout JSONWriter) throws {
        for (key, text) in [("name", vector.name), ("object", "vector"), ("model", model.name)] {
            writer.key(key)
            writer.string(text)
        }
        writer.key("version")
        writer.integer(model.version)
        writer.key("created_at")
        if let date = vector.createdAt { writer.string(date) } else { writer.null() }
        try writer.optional("norm", PriorNorm.norm(vector.values))
        writer.key("origin")
        guard let origin = vector.origin else { return writer.null() }
        writer.beginObject()
        let (kind, texts, numbers): (String, [(String, String)], [(String, Int)]) =
            switch origin {
            case .latent: ("latent", [], [])
            case .difference(let from, let to): ("difference", [], [("from", from), ("to", to)])
            case .label(let dataset, let split, let label, let with, let without):
                (
                    "label", [("dataset", dataset), ("split", split)],
                    [("label", label), ("with", with), ("without", without)]
                )
            }
        for (key, text) in [("kind", kind)] + texts {
            writer.key(key)
            writer.string(text)
        }
        for (key, number) in numbers {
            writer.key(key)
            writer.integer(number)
        }
        writer.endObject()
    }
}
