import Checkpoints
import Foundation
import HTTP

/// The Open Inference Protocol, version 2, as tritonclient and kserve speak it.
enum OIPRoutes {
    static let endpoints: [Endpoint] = health + aboutServer + aboutModels

    private static let aboutServer: [Endpoint] = [
        get("/v2", "What this server is, to inference clients.", server),
        get("/v2/", "The same.", server),
        get("/v2/models", "The names of all models.", names),
        get("/v2/models/stats", "What every model has done.", allStatistics),
    ]

    /// With and without the version, which changes nothing else.
    private static let aboutModels: [Endpoint] = ["", "/versions/{version}"].flatMap { version in
        [
            get("/v2/models/{model}\(version)", "A model's tensors.", metadata),
            get("/v2/models/{model}\(version)/ready", "Whether a model is served.", readiness),
            get("/v2/models/{model}\(version)/config", "A model's configuration.", configuration),
            get("/v2/models/{model}\(version)/stats", "What a model has done.") { request, services in
                statistics([try services.servedOIPModel(request)], services)
            },
        ]
    }

    private static let health = [
        Endpoint(
            method: .get, pattern: "/v2/health/live", access: .open, bodyLimit: 0, execution: .inline,
            seesToCodings: true, summary: "Whether the daemon is alive, to inference clients."
        ) { _, _ in .json(Array(#"{"live":true}"#.utf8)) },
        Endpoint(
            method: .get, pattern: "/v2/health/ready", access: .open, bodyLimit: 0, execution: .inline,
            seesToCodings: true, summary: "Whether the daemon can serve models, to inference clients."
        ) { _, services in
            try services.checkReadiness()
            return .json(Array(#"{"live":true,"ready":true}"#.utf8))
        },
    ]

    private static func get(
        _ pattern: String, _ summary: String, _ handle: @escaping @Sendable (Request, Services) throws -> Response
    ) -> Endpoint {
        Endpoint(
            method: .get, pattern: pattern, access: .infer, bodyLimit: 0, seesToCodings: true, summary: summary,
            handle: handle)
    }

    private static func document(_ fields: (inout JSONWriter) -> Void) -> Response {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        fields(&writer)
        writer.endObject()
        return .json(writer.bytes)
    }

    private static func names(_ request: Request, _ services: Services) -> Response {
        document { writer in
            writer.key("models")
            writer.beginArray()
            for listing in services.repository.list() {
                for model in OIPModel.all(of: listing, in: services.repository) { writer.string(model.name) }
            }
            writer.endArray()
        }
    }

    private static func metadata(_ request: Request, _ services: Services) throws -> Response {
        let (name, model) = try services.servedOIPModel(request)
        var writer = JSONWriter(capacity: 1024)
        writer.metadata(of: name, version: model.version, OIPInterface(model.configuration, name.verb))
        return .json(writer.bytes)
    }

    private static func readiness(_ request: Request, _ services: Services) throws -> Response {
        let name = try services.servedOIPModel(request).name
        return document { writer in
            writer.key("name")
            writer.string(name.name)
            writer.key("ready")
            writer.bool(true)
        }
    }

    private static func configuration(_ request: Request, _ services: Services) throws -> Response {
        let (name, model) = try services.servedOIPModel(request)
        var writer = JSONWriter(capacity: 1024)
        writer.configuration(of: name, OIPInterface(model.configuration, name.verb))
        return .json(writer.bytes)
    }

    private static func server(_ request: Request, _ services: Services) -> Response {
        document { writer in
            writer.key("name")
            writer.string("latentd")
            writer.key("version")
            writer.string(services.metrics.version)
            writer.key("extensions")
            writer.beginArray()
            for name in ["binary_tensor_data", "model_repository", "statistics", "model_configuration"] {
                writer.string(name)
            }
            writer.endArray()
        }
    }

    /// Each verb of each model once: NAME alone counts as NAME.reconstruct.
    private static func allStatistics(_ request: Request, _ services: Services) -> Response {
        let served = services.repository.list().flatMap { listing in
            listing.served.map { model in
                OIPModel.all(of: listing, in: services.repository).dropFirst().map { (name: $0, model: model) }
            } ?? []
        }
        return statistics(served, services)
    }

    private static func statistics(_ models: [(name: OIPModel, model: ServedModel)], _ services: Services) -> Response {
        document { writer in
            writer.key("model_stats")
            writer.beginArray()
            for (name, model) in models {
                writer.statistics(of: name, model, services.inference.counters(of: name, version: model.version))
            }
            writer.endArray()
        }
    }
}
