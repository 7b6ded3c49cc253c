import Datasets
import HTTP
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
            let name = request.pathParameters["dataset"] ?? ""
            var writer = JSONWriter(capacity: 2048)
            write(
                try found { () throws(DatasetError) in try services.datasets.description(ofDatasetNamed: name) },
                &writer)
            return .json(writer.bytes)
        },
        Endpoint(
            method: .get, pattern: "/v1/datasets/{dataset}/{split}/{index}.png", access: .any(of: .infer, .train),
            bodyLimit: 0,
            summary: "One image of a dataset.", handle: image),
    ]

    private static func image(_ request: Request, _ services: Services) throws -> Response {
        let parameters = request.pathParameters
        guard let part = Dataset.Part(rawValue: parameters["split"] ?? "") else {
            throw ServiceError.notFound("split_not_found", "A dataset's splits are 'train' and 'test'.", "split")
        }
        guard let index = Int(parameters["index"] ?? ""), index >= 0 else {
            throw ServiceError.notFound("sample_not_found", "An image's index is a number from 0.", "index")
        }
        let image = try found { () throws(DatasetError) in
            try services.datasets.dataset(named: parameters["dataset"] ?? "")[part].image(at: index)
        }
        return Response(contentType: MediaType.png.rawValue, body: try PNGEncoder.encode(image))
    }

    /// In a path, what is not there is 404.
    private static func found<Value>(_ body: () throws(DatasetError) -> Value) throws -> Value {
        do throws(DatasetError) { return try body() } catch {
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
        writer.endObject()
    }
}
