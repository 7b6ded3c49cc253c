import Datasets
import HTTP

/// Reads an uploaded dataset from a form: `train_images` and its like as IDX files, or any number of `train` and `test` as PNGs.
enum DatasetReader {
    static func content(_ request: Request, limit: Int) throws -> DatasetContent {
        guard let type = request.fields[.contentType],
            type.prefix(while: { $0 != ";" }).trimmingSpaces().lowercased() == MultipartForm.mediaType
        else {
            throw ServiceError(
                status: .unsupportedMediaType, code: "unsupported_media_type",
                message: "The body's type must be named: \(MultipartForm.mediaType).", parameter: "Content-Type")
        }
        let form = try MultipartForm(request.body, boundary: try MultipartForm.boundary(of: type))
        var files: [String: UploadedFile] = [:]
        var pictures: [Dataset.Part: [UploadedFile]] = [:]
        for part in form.parts {
            let bytes = request.body[part.content]
            if let split = Dataset.Part(rawValue: part.name) {
                let name = part.filename ?? "\(part.name)[\(pictures[split]?.count ?? 0)]"
                pictures[split, default: []].append(UploadedFile(name: name, bytes: bytes))
            } else if fileFields.contains(part.name) {
                guard files.updateValue(UploadedFile(name: part.name, bytes: bytes), forKey: part.name) == nil else {
                    throw ServiceError.impossible(
                        "repeated_field", "The form has '\(part.name)' more than once.", part.name)
                }
            } else {
                throw ServiceError.unknownField(
                    String(part.name.prefix(64)), allowed: fileFields + Dataset.Part.allCases.map(\.rawValue))
            }
        }
        if pictures.isEmpty { return try content(files, limit: limit) }
        if let field = files.keys.min() {
            throw ServiceError.impossible(
                "conflicting_fields", "A form has IDX files or pictures; '\(field)' is beside pictures.", field)
        }
        guard let train = pictures[.train] else { throw ServiceError.missing("train", "pictures to learn from") }
        return try DatasetContent(pictures: train, test: pictures[.test] ?? [], limit: limit) {
            if request.isCancelled { throw ClientGone() }
        }
    }

    static let fileFields = ["train_images", "train_labels", "test_images", "test_labels"]

    private static func content(_ files: [String: UploadedFile], limit: Int) throws -> DatasetContent {
        func part(_ name: String) throws -> DatasetContent.IDXPart? {
            guard let images = files["\(name)_images"] else {
                guard files["\(name)_labels"] == nil else {
                    throw ServiceError.missing("\(name)_images", "the images of '\(name)_labels'")
                }
                return nil
            }
            return DatasetContent.IDXPart(images: images, labels: files["\(name)_labels"])
        }
        let test = try part("test")
        guard let train = try part("train") else {
            throw ServiceError.missing("train_images", "an IDX file, or PNGs named 'train'")
        }
        return try DatasetContent(train: train, test: test, limit: limit)
    }
}
