import Datasets
import HTTPTypes
import Images

extension ServiceError {
    init(_ error: MultipartError) {
        self.init(status: .badRequest, code: "malformed_multipart", message: error.description)
    }

    init(_ error: UploadError) {
        switch error {
        case .unusableName: self = .impossible("unusable_name", error.description, "dataset")
        case .reservedName, .nameTaken: self = .conflict("dataset_exists", error.description)
        case .notUploaded: self = .conflict("dataset_read_only", error.description)
        // The reason is the library's own text.
        case .unsoundFile(.corruptGzip(let file, _)):
            self = .impossible("invalid_idx", "'\(file)' is gzip, but damaged.", file)
        case .unsoundFile(let reason):
            if case .tooLarge = reason {
                self = .tooLarge(error.description, reason.file)
            } else {
                self = .impossible("invalid_idx", error.description, reason.file)
            }
        case .unsoundPicture(let file, .corrupt):
            self = .impossible("invalid_png", "'\(file.prefix(80))' cannot be used. The PNG is damaged.", file)
        case .unsoundPicture(let file, let reason):
            let mapped = ServiceError(reason, parameter: file)
            self.init(
                status: mapped.status, code: mapped.code, message: error.description, parameter: file,
                retryAfter: mapped.retryAfter)
        case .unequalSizes(let file, _, _), .unusableShape(let file, _):
            self = .impossible("image_shape_mismatch", error.description, file)
        case .labelCountMismatch(let file, _, _): self = .impossible("label_count_mismatch", error.description, file)
        case .labelOutOfRange(let file, _, _), .unusableLabel(let file, _):
            self = .impossible("unusable_label", error.description, file)
        case .tooManyLabels: self = .impossible("unusable_label", error.description, nil)
        case .tooFewImages(let part, _, _): self = .impossible("too_few_images", error.description, part.rawValue)
        case .tooLarge: self = .tooLarge(error.description, nil)
        case .quotaExceeded:
            self.init(status: .insufficientStorage, code: "quota_exceeded", message: error.description)
        case .notStored(let fault) where fault.isFull:
            self.init(
                status: .serviceUnavailable, code: "disk_full", message: "The disk that holds the datasets is full.",
                retryAfter: 60)
        case .notStored:
            self.init(
                status: .internalServerError, code: "dataset_not_stored", message: "The dataset cannot be stored.")
        }
    }

    private static func conflict(_ code: String, _ message: String) -> ServiceError {
        ServiceError(status: .conflict, code: code, message: message, parameter: "dataset")
    }

    private static func tooLarge(_ message: String, _ parameter: String?) -> ServiceError {
        ServiceError(status: .contentTooLarge, code: "dataset_too_large", message: message, parameter: parameter)
    }
}

extension HTTPResponse.Status {
    /// RFC 4918 §11.5.
    fileprivate static let insufficientStorage = HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
}

extension IDXError {
    /// Which file it is about.
    fileprivate var file: String {
        switch self {
        case .unreadable(let file, _), .wrongMagic(let file, _, _), .unsupportedElementType(let file, _, _),
            .wrongRank(let file, _, _), .tooLarge(let file, _, _, _), .truncated(let file, _, _),
            .truncatedGzip(let file, _, _), .checksumMismatch(let file, _, _), .corruptGzip(let file, _),
            .trailingBytes(let file, _, _):
            file
        }
    }
}
