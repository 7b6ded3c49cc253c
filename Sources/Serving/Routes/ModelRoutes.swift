import Autoencoders
import Checkpoints
import Foundation
import HTTP

/// What models there are, and what one is.
enum ModelRoutes {
    static let endpoints = [
        Endpoint(
            method: .get, pattern: "/v1/models", access: .any(of: .infer, .train), bodyLimit: 0,
            summary: "Every model, and what it can do."
        ) {
            _, services in
            var writer = JSONWriter(capacity: 4096)
            writer.beginObject()
            writer.key("data")
            writer.beginArray()
            for listing in services.repository.list() {
                writer.beginObject()
                summary(listing, &writer)
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
            return .json(writer.bytes)
        },
        Endpoint(
            method: .get, pattern: "/v1/models/{model}", access: .any(of: .infer, .train), bodyLimit: 0,
            summary: "One model: configuration, provenance, latest metrics, versions, kept maps.", handle: one),
        Endpoint(
            method: .get, pattern: "/v1/models/{model}/metrics", access: .any(of: .infer, .train), bodyLimit: 0,
            summary: "The training curves by epoch."
        ) { request, services in
            let model = try services.model(request)
            var writer = JSONWriter(capacity: 4096)
            writer.beginObject()
            writer.key("data")
            writer.raw(try encoded(model.metrics))
            writer.endObject()
            return .json(writer.bytes)
        },
    ]

    private static func one(_ request: Request, _ services: Services) throws -> Response {
        try document(named: request.pathParameters["model"] ?? "", services)
    }

    static func document(named name: String, _ services: Services) throws -> Response {
        guard let listing = services.repository.listing(named: name) else {
            throw RepositoryError.notFound(name: name)
        }
        var writer = JSONWriter(capacity: 4096)
        writer.beginObject()
        summary(listing, &writer)
        if let model = listing.served {
            writer.key("configuration")
            writer.raw(try encoded(model.configuration))
            writer.key("provenance")
            if let provenance = model.provenance { writer.raw(try encoded(provenance)) } else { writer.null() }
            writer.key("metrics")
            if let latest = model.metrics.last { writer.raw(try encoded(latest)) } else { writer.null() }
        }
        writer.key("versions")
        writer.integers(listing.versions)
        if let model = listing.served {
            writer.key("map_epochs")
            writer.integers(model.mapEpochs)
        }
        writer.endObject()
        return .json(writer.bytes)
    }

    private static func summary(_ listing: ModelListing, _ writer: inout JSONWriter) {
        writer.key("name")
        writer.string(listing.name)
        writer.key("version")
        if let version = listing.served?.version ?? listing.versions.last {
            writer.integer(version)
        } else {
            writer.null()
        }
        writer.key("state")
        writer.string(listing.state.word)
        if case .failed(let reason) = listing.state {
            writer.key("reason")
            writer.string(reason)
        } else if let failure = listing.failure {
            writer.key("reason")
            writer.string("Version \(failure.version) cannot be loaded. \(failure.reason)")
        }
        guard let model = listing.served else { return }
        let configuration = model.configuration
        writer.key("family")
        writer.string(configuration.family.rawValue)
        writer.key("input")
        writer.beginObject()
        for (key, extent) in [
            ("channels", configuration.input.channels), ("height", configuration.input.height),
            ("width", configuration.input.width),
        ] {
            writer.key(key)
            writer.integer(extent)
        }
        writer.endObject()
        writer.key("latent_dimension")
        writer.integer(configuration.latentDimension)
        writer.key("operations")
        writer.beginArray()
        for operation in operations(model) { writer.string(operation) }
        writer.endArray()
        writer.key("dataset")
        if let dataset = model.provenance?.dataset { writer.string(dataset) } else { writer.null() }
        writer.key("parameter_count")
        writer.integer(model.autoencoder.parameters.layout.trainableCount)
    }

    private static func operations(_ model: ServedModel) -> [String] {
        var operations = ["encode", "decode", "reconstruct", "interpolate", "arithmetic", "sample", "traverse"]
        operations.append("vectors")
        if (try? model.map()) ?? nil != nil { operations += ["nearest", "map"] }
        if model.configuration.latentDimension >= 2, (1...4).contains(model.configuration.input.channels) {
            operations.append("manifold")
        }
        if !model.metrics.isEmpty { operations.append("metrics") }
        return operations
    }

    private static func encoded(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }
}

extension ModelListing.State {
    /// As the API says it.
    var word: String {
        switch self {
        case .ready: "ready"
        case .loading: "loading"
        case .unloading: "unloading"
        case .unloaded: "unloaded"
        case .failed: "failed"
        }
    }
}
