import Checkpoints
import HTTP

/// What models there are, and taking them in and out of service.
enum OIPRepositoryRoutes {
    static let endpoints =
        [
            Endpoint(
                method: .get, pattern: "/v2/repository/index", access: .infer, bodyLimit: 0, seesToCodings: true,
                summary: "Every model with its state.", handle: index),
            Endpoint(
                method: .post, pattern: "/v2/repository/index", access: .infer, seesToCodings: true,
                summary: "Every model with its state, or only those that are ready.", handle: index),
        ]
        + [
            ("load", "Reads a model's newest version from disk and serves it.", load),
            ("unload", "Takes a model out of service.", unload),
        ].map { (verb: String, summary: String, handle: @escaping @Sendable (Request, Services) throws -> Response) in
            Endpoint(
                method: .post, pattern: "/v2/repository/models/{model}/\(verb)", access: .admin, seesToCodings: true,
                summary: summary, handle: handle)
        }

    /// The members of a body that may be missing.
    private static func fields(_ request: Request, _ services: Services) throws -> Fields? {
        var request = request
        try RequestCoding.decode(
            &request, limit: min(Limits.body, services.maximumBody), codings: [.gzip, .deflate])
        return request.body.isEmpty ? nil : try Fields(try JSONParser.parse(request.body))
    }

    @Sendable private static func index(_ request: Request, _ services: Services) throws -> Response {
        let onlyReady = try fields(request, services)?.bool("ready") ?? false
        var writer = JSONWriter(capacity: 4096)
        writer.beginArray()
        for listing in services.repository.list() where !onlyReady || listing.served != nil {
            for model in OIPModel.all(of: listing, in: services.repository) {
                writer.beginObject()
                writer.key("name")
                writer.string(model.name)
                writer.key("version")
                writer.string((listing.served?.version ?? listing.versions.last).map { String($0) } ?? "")
                let (state, reason) = state(of: listing)
                writer.key("state")
                writer.string(state)
                writer.key("reason")
                writer.string(reason)
                writer.endObject()
            }
        }
        writer.endArray()
        return .json(writer.bytes)
    }

    private static func state(of listing: ModelListing) -> (String, reason: String) {
        let failure = listing.failure.map { "Version \($0.version) cannot be loaded. \($0.reason)" } ?? ""
        switch listing.state {
        case .ready: return ("READY", failure)
        case .loading: return ("LOADING", "")
        case .unloading: return ("UNLOADING", "Requests that came before still have it.")
        case .unloaded: return ("UNAVAILABLE", failure.isEmpty ? "It was unloaded." : failure)
        case .failed(let reason): return ("UNAVAILABLE", failure.isEmpty ? reason : failure)
        }
    }

    @Sendable private static func load(_ request: Request, _ services: Services) throws -> Response {
        if let parameters = try fields(request, services)?.object("parameters") {
            for (key, _) in parameters.object.members where key == "config" || key.hasPrefix("file:") {
                throw ServiceError.impossible(
                    "not_offered", "Models are loaded as they are on disk; '\(key.prefix(64))' is not taken.",
                    parameters.path(of: String(key.prefix(64))))
            }
        }
        // A model that has come to the disk is in no list yet: what is there decides what the name means.
        let readings = try OIPModel.readings(of: request.pathParameters["model"] ?? "")
        guard let reading = readings.first(where: { services.repository.isOnDisk($0.base) }) else {
            throw RepositoryError.notFound(name: readings[0].name)
        }
        try services.repository.load(named: reading.base)
        return .json(Array("{}".utf8))
    }

    @Sendable private static func unload(_ request: Request, _ services: Services) throws -> Response {
        _ = try fields(request, services)
        try services.repository.unload(named: try services.oipModel(request).base)
        return .json(Array("{}".utf8))
    }
}
