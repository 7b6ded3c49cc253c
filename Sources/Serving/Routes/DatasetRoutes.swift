import Datasets
import HTTP
import HTTPTypes
import Images

/// What can be learned from.
enum DatasetRoutes {
    static let endpoints = [
        Endpoint(
            method: .get, pattern: "/v1/datasets", access: .any(of: .infer, .train), bodyLimit: 0,
            summary: "Every dataset."
        ) { _, services in
            var writer = JSONWriter(capacity: 2048)
            writer.beginObject()
            writer.key("data")
            writer.beginArray()
            for description in services.datasets.descriptions() { write(description, &writer) }
            writer.endArray()
            writer.endObject()
            return .json(writer.bytes)
        },
        Endpoint(
            method: .get, pattern: "/v1/datasets/{dataset}", access: .any(of: .infer, .train), bodyLimit: 0,
            summary: "One dataset."
        ) {
            request, services in
            try document(ofDatasetNamed: request.pathParameters["dataset"] ?? "", services)
        },
        Endpoint(
            method: .get, pattern: "/v1/datasets/{dataset}/{split}/{index}.png", access: .any(of: .infer, .train),
            bodyLimit: 0,
            summary: "One image of a dataset.", handle: image),
    ]

    static func document(
        ofDatasetNamed name: String, _ services: Services, status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let description = try found { try services.datasets.description(ofDatasetNamed: name) }
        var writer = JSONWriter(capacity: 2048)
        write(description, &writer)
        return .json(writer.bytes, status: status)
    }

    private static func image(_ request: Request, _ services: Services) throws -> Response {
        let parameters = request.pathParameters
        guard let part = Dataset.Part(rawValue: parameters["split"] ?? "") else {
            throw ServiceError.notFound("split_not_found", "A dataset's splits are 'train' and 'test'.", "split")
        }
        guard let index = Int(parameters["index"] ?? ""), index >= 0 else {
            throw ServiceError.notFound("sample_not_found", "An image's index is a number from 0.", "index")
        }
        let image = try found {
            try services.datasets.dataset(named: parameters["dataset"] ?? "")[part].image(at: index)
        }
        return Response(contentType: MediaType.png.rawValue, body: try PNGEncoder.encode(image))
    }

    /// In a path, what is not there is 404.
    static func found<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as DatasetError {
            switch error {
            case .noSuchDataset: throw ServiceError.notFound("dataset_not_found", error.description, "dataset")
            case .noSuchImage: throw ServiceError.notFound("sample_not_found", error.description, "index")
            default: throw ServiceError(error, parameter: "dataset")
            }
        }
    }

    private static func write(_ description: DatasetDescription, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("name")
        writer.string(description.name)
        writer.key("title")
        writer.string(description.title)
        writer.key("shape")
        writer.beginObject()
        for (key, extent) in [
            ("channels", description.shape.channels), ("height", description.shape.height),
            ("width", description.shape.width),
        ] {
            writer.key(key)
            writer.integer(extent)
        }
        writer.endObject()
        writer.key("splits")
        writer.beginObject()
        for split in description.splits {
            writer.key(split.name.rawValue)
            writer.integer(split.count)
        }
        writer.endObject()
        writer.key("label_names")
        if let names = description.labelNames {
            writer.beginArray()
            for name in names { writer.string(name) }
            writer.endArray()
        } else {
            writer.null()
        }
        writer.key("upload")
        if let manifest = description.manifest { write(manifest, &writer) } else { writer.null() }
        writer.endObject()
    }

    private static func write(_ manifest: DatasetManifest, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("created_at")
        writer.string(manifest.createdAt)
        writer.key("bytes")
        writer.integer(manifest.bytes)
        writer.key("files")
        writer.beginArray()
        for file in manifest.files {
            writer.beginObject()
            writer.key("name")
            writer.string(file.name)
            writer.key("bytes")
            writer.integer(file.bytes)
            writer.key("sha256")
            writer.string(file.sha256)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
