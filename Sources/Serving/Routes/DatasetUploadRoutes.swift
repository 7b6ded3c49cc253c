import Datasets
import Foundation
import HTTP
import HTTPTypes
import Jobs

/// Datasets that clients bring and take away. Bringing one is a part of training; taking it away is an administrator's.
enum DatasetUploadRoutes {
    static let endpoints = [
        Endpoint(
            method: .put, pattern: "/v1/datasets/{dataset}", access: .train, bodyLimit: DatasetStore.Limits().dataset,
            takesDataset: true, summary: "Keeps a dataset: IDX files or PNGs.", handle: put),
        Endpoint(
            method: .delete, pattern: "/v1/datasets/{dataset}", access: .admin, bodyLimit: 4096,
            summary: "Removes an uploaded dataset that no job needs.", handle: delete),
    ]

    private static func put(_ request: Request, _ services: Services) throws -> Response {
        let name = request.pathParameters["dataset"] ?? ""
        // Before any work for it is done.
        try services.uploads.check(name: name)
        let content = try DatasetReader.content(request, limit: services.uploads.limits.dataset)
        let isNew = try services.uploads.put(content, named: name)
        var response = try DatasetRoutes.document(ofDatasetNamed: name, services, status: isNew ? .created : .ok)
        if isNew { response.fields[.location] = "/v1/datasets/\(name)" }
        return response
    }

    private static func delete(_ request: Request, _ services: Services) throws -> Response {
        let name = request.pathParameters["dataset"] ?? ""
        try DatasetRoutes.found {
            try services.uploads.remove(named: name) {
                guard let job = try services.jobs.unfinishedJob(where: { dataset(of: $0) == name }) else { return }
                throw ServiceError(
                    status: .conflict, code: "dataset_in_use",
                    message: "The dataset '\(name)' is in use: job '\(job)' has not ended.", parameter: "dataset")
            }
        }
        return .empty()
    }

    private static func dataset(of specification: String) -> String? {
        struct Specification: Decodable { let dataset: String }
        return try? JSONDecoder().decode(Specification.self, from: Data(specification.utf8)).dataset
    }
}
