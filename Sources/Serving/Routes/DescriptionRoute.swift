import HTTP

/// The API, described. Open like the page: it is the same for everyone.
enum DescriptionRoute {
    static let endpoints = [
        Endpoint(
            method: .get, pattern: "/openapi.json", access: .open, bodyLimit: 0,
            summary: "This API, as OpenAPI 3.1."
        ) { _, services in .json(services.description) }
    ]
}
