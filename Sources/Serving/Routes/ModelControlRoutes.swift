import Checkpoints
import HTTP

/// Taking models in and out of service, and versions off the disk.
enum ModelControlRoutes {
    static let endpoints = [
        Endpoint(
            method: .post, pattern: "/v1/models/{model}/load", access: .admin, bodyLimit: 4096,
            summary: "Reads a model's newest version from disk and serves it."
        ) { request, services in
            try control(request, services) { name, _ in try services.repository.load(named: name) }
        },
        Endpoint(
            method: .post, pattern: "/v1/models/{model}/unload", access: .admin, bodyLimit: 4096,
            summary: "Takes a model out of service; requests that have it finish with it."
        ) { request, services in
            try control(request, services) { name, _ in try services.repository.unload(named: name) }
        },
        Endpoint(
            method: .post, pattern: "/v1/models/{model}/rollback", access: .admin, bodyLimit: 4096,
            summary: "Serves the version before, until a newer one is published."
        ) { request, services in
            try control(request, services, allowed: ["version"]) { name, fields in
                let version = try fields?.integer("version", in: 1...ModelVersion.limit, default: 0) ?? 0
                try services.repository.rollBack(name, to: version > 0 ? version : nil)
            }
        },
        Endpoint(
            method: .delete, pattern: "/v1/models/{model}/versions/{version}", access: .admin, bodyLimit: 4096,
            summary: "Removes a version that was published here; the newest of the others is served."
        ) { request, services in
            let (name, text) = (request.pathParameters["model"] ?? "", request.pathParameters["version"] ?? "")
            guard services.repository.listing(named: name) != nil else { throw RepositoryError.notFound(name: name) }
            guard let version = Int(text), String(version) == text else {
                throw ServiceError.notFound(
                    "version_not_found", "Model '\(name)' has no version '\(text.prefix(32))'; versions are numbers.",
                    "version")
            }
            try services.repository.remove(version: version, of: name)
            return .empty()
        },
    ]

    /// Answers with the model as it is then. Whatever else is said in the body is an error.
    private static func control(
        _ request: Request, _ services: Services, allowed: [String] = [],
        _ change: (_ name: String, Fields?) throws -> Void
    ) throws -> Response {
        let fields = request.body.isEmpty ? nil : try ModelInput.fields(request, allowed: allowed)
        let name = request.pathParameters["model"] ?? ""
        try change(name, fields)
        return try ModelRoutes.document(named: name, services)
    }
}
