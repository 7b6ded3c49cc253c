import Autoencoders
import Checkpoints
import Datasets
import HTTP
import Images
import Jobs
import LatentSpace
import Tensors

extension ServiceError {
    /// What any error of the layers below means to a client. This is the only place that maps to status codes.
    init(_ error: any Error) {
        switch error {
        case let error as ServiceError: self = error
        case let error as JSONSyntaxError:
            self.init(
                status: .badRequest, code: "malformed_json", message: error.description,
                parameter: error.path)
        case let error as NPYError: self.init(error)
        case let error as NonFiniteResult: self.init(error)
        case let error as ConfigurationError: self.init(error)
        case let error as LatentSpaceError: self.init(error)
        case let error as AutoencoderError:
            self.init(status: .unprocessableContent, code: "shape_mismatch", message: error.description)
        case let error as PNGError: self.init(error, parameter: nil)
        case let error as ImageError: self.init(error, parameter: nil)
        case let error as DatasetError: self.init(error, parameter: "dataset")
        case let error as UploadError: self.init(error)
        case let error as MultipartError: self.init(error)
        case let error as JobStoreError: self.init(error)
        case let error as JobRefusal: self.init(error)
        case let error as CheckpointError:
            self.init(
                status: .internalServerError, code: "model_unreadable",
                message: "A part of the model cannot be read. \(error)")
        case let error as MapAbsence: self.init(error)
        case let error as NamedVectorError: self.init(error)
        case let error as RepositoryError: self.init(error)
        case is ClientGone:
            self.init(status: .serviceUnavailable, code: "cancelled", message: "The client has gone.")
        default:
            self.init(
                status: .internalServerError, code: "internal_error",
                message: "Something went wrong here; the request's id finds it in the log.")
        }
    }

    private init(_ error: RepositoryError) {
        switch error {
        case .notFound: self = .notFound("model_not_found", error.description, "model")
        case .notLoaded: self = .impossible("model_not_loaded", error.description, "model")
        case .noVersion: self = .notFound("version_not_found", error.description, "version")
        case .noPreviousVersion:
            self.init(
                status: .conflict, code: "no_previous_version", message: error.description, parameter: "model")
        case .notPublished:
            self.init(
                status: .conflict, code: "version_read_only", message: error.description, parameter: "version")
        case .notRemoved(_, _, let fault) where fault.isFull, .file(let fault) where fault.isFull:
            self.init(status: .serviceUnavailable, code: "disk_full", message: error.description, retryAfter: 60)
        case .notRemoved:
            self.init(status: .internalServerError, code: "version_not_removed", message: error.description)
        case .file:
            self.init(status: .internalServerError, code: "version_not_kept", message: error.description)
        default:
            self.init(
                status: .internalServerError, code: "model_unreadable", message: "A part of the model cannot be read.")
        }
    }

    private init(_ error: NonFiniteResult) {
        let place = error.row.map { "\(error.output)[\($0)]" } ?? error.output
        self = .impossible(
            "non_finite_result", "The result '\(place)' holds a number that is not finite for this input.", place)
    }

    private init(_ error: NPYError) {
        switch error {
        case .element: self = .impossible("unsupported_npy", error.description, "descr")
        case .fortranOrder: self = .impossible("unsupported_npy", error.description, "fortran_order")
        case .tooManyAxes, .tooManyElements: self = .impossible("value_out_of_range", error.description, "shape")
        case .dataLength: self = .impossible("wrong_length", error.description, "shape")
        case .notNPY, .truncated, .version, .headerTooLong, .syntax:
            self.init(status: .badRequest, code: "malformed_npy", message: error.description)
        }
    }

    init(_ error: ConfigurationError) {
        let code =
            switch error.actual {
            case "an unknown field": "unknown_field"
            case "missing": "missing_field"
            case "of another type": "wrong_type"
            default: "invalid_value"
            }
        self = .impossible(code, error.description, error.field)
    }

    private init(_ error: LatentSpaceError) {
        switch error {
        case .outOfRange(let parameter, _, _):
            self = .impossible("value_out_of_range", error.description, parameter)
        case .antiparallel: self = .impossible("antiparallel_points", error.description, "method")
        case .dimension(let point, _, _), .nonFinite(let point, _):
            self = .impossible("latent_dimension_mismatch", error.description, "points[\(point)]")
        case .overflow: self = .impossible("non_finite_result", error.description, "latent")
        case .notAMap: self = .impossible("shape_mismatch", error.description, nil)
        }
    }

    private init(_ error: MapAbsence) {
        switch error {
        case .none: self = .notFound("map_not_found", error.description, "model")
        case .unreadable:
            self.init(
                status: .serviceUnavailable, code: "map_unreadable", message: error.description, parameter: "model")
        }
    }

    private init(_ error: NamedVectorError) {
        switch error {
        case .unusableName: self = .impossible("unusable_name", error.description, "vector")
        case .dimension: self = .impossible("latent_dimension_mismatch", error.description, "latent")
        case .full: self.init(status: .conflict, code: "too_many_vectors", message: error.description)
        case .readOnly: self.init(status: .serviceUnavailable, code: "read_only", message: error.description)
        case .unreadable:
            self.init(status: .serviceUnavailable, code: "vectors_unreadable", message: error.description)
        case .notWritten(let fault) where fault.isFull:
            self.init(status: .serviceUnavailable, code: "disk_full", message: error.description, retryAfter: 60)
        case .notWritten:
            self.init(status: .internalServerError, code: "vectors_not_written", message: error.description)
        }
    }

    init(_ error: PNGError, parameter: String?) {
        switch error {
        case .tooLarge: self = .impossible("image_too_large", error.description, parameter)
        case .corrupt: self = .impossible("invalid_png", "The PNG is damaged.", parameter)
        case .notPNG, .truncated: self = .impossible("invalid_png", error.description, parameter)
        case .outOfMemory:
            self.init(status: .serviceUnavailable, code: "out_of_memory", message: error.description, retryAfter: 5)
        case .notWritten:
            self.init(status: .internalServerError, code: "internal_error", message: "The PNG cannot be written.")
        }
    }

    init(_ error: ImageError, parameter: String?) {
        switch error {
        case .tooManyPixels: self = .impossible("image_too_large", error.description, parameter)
        case .notANumber: self = .impossible("non_finite_result", error.description, parameter ?? "images")
        case .unusableGrid(let what, _): self = .impossible("value_out_of_range", error.description, what)
        case .indivisible: self = .impossible("image_shape_mismatch", error.description, parameter)
        default: self = .impossible("invalid_image", error.description, parameter)
        }
    }

    /// For a dataset that a body names; in a path a missing one is 404.
    init(_ error: DatasetError, parameter: String) {
        switch error {
        case .noSuchDataset: self = .impossible("dataset_not_found", error.description, parameter)
        case .noSuchImage: self = .impossible("sample_not_found", error.description, parameter)
        // The reason is the library's or the system's own text.
        case .unsoundFile(let dataset, .corruptGzip(let file, _)), .unsoundFile(let dataset, .unreadable(let file, _)):
            self = .impossible(
                "dataset_unusable", "The dataset '\(dataset)' cannot be read. '\(file)' is damaged or not readable.",
                parameter)
        default: self = .impossible("dataset_unusable", error.description, parameter)
        }
    }

    private init(_ error: JobRefusal) {
        switch error {
        case .memory: self = .impossible("memory_limit", error.description, error.parameter)
        case .disk:
            self.init(
                status: .init(code: 507, reasonPhrase: "Insufficient Storage"), code: "disk_full",
                message: error.description)
        }
    }

    private init(_ error: JobStoreError) {
        switch error {
        case .notFound: self = .notFound("job_not_found", error.description, "job")
        case .queueFull:
            self.init(status: .tooManyRequests, code: "queue_full", message: error.description, retryAfter: 60)
        case .idempotencyMismatch:
            self = .impossible("idempotency_key_reused", error.description, "Idempotency-Key")
        case .conflict: self.init(status: .conflict, code: "job_conflict", message: error.description)
        case .diskFull:
            self.init(status: .serviceUnavailable, code: "disk_full", message: error.description, retryAfter: 60)
        case .busy:
            self.init(status: .serviceUnavailable, code: "job_store_busy", message: error.description, retryAfter: 5)
        default:
            self.init(
                status: .internalServerError, code: "job_store_failed", message: "The list of jobs cannot be used now.")
        }
    }
}

extension LatentSpaceError {
    /// Calls the fields in an error of `body` by the names that the request gives them.
    static func naming<Value>(_ names: [String: String], _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch LatentSpaceError.outOfRange(let parameter, let actual, let expected) {
            throw outOfRange(parameter: names[parameter] ?? parameter, actual: actual, expected: expected)
        }
    }
}

/// Thrown between two parts of long work when nobody waits for it any more.
struct ClientGone: Error {}
