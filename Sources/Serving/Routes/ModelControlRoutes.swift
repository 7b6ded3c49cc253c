import Checkpoints
import HTTP

/// Taking models in and out of service, and versions off the disk.
enum ModelControlRoutes {
    static let endpoints = [
        Endpoint(
            method: .post, pattern: "/v1/models/{model}/load", access: .admin, bodyLimit: 4096,
            summary: "Reads a model's newest version from disk and serves it."
        ) { request, services in
            try control(request, services) { name throws(RepositoryError) in try services.repository.load(named: name) }
        },
        Endpoint(
            method: .post, pattern: "/v1/models/{model}/unload", access: .admin, bodyLimit: 4096,
            summary: "Takes a model out of service; requests that have it finish with it."
        ) { request, services in
            try control(request, services) { name throws(RepositoryError) in
                try services.repository.unload(named: name)
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

    /// Answers with the model as it is then. There is nothing to say in the body, so whatever is said is an error.
    private static func control(
        _ request: Request, _ services: Services, _ change: (String) throws(RepositoryError) -> Void
    ) throws -> Response {
        if !request.body.isEmpty { _ = try ModelInput.fields(request, allowed: []) }
        let name = request.pathParameters["model"] ?? ""
        try change(name)
        return try ModelRoutes.document(named: name, services)
    }
}
