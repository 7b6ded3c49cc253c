import Autoencoders
import Datasets
import Foundation
import HTTP
import HTTPTypes
import Jobs

/// Takes training jobs: everything that can be known to be wrong is said before anything is queued.
enum JobSubmissionRoute {
    static let endpoints = [
        Endpoint(
            method: .post, pattern: "/v1/jobs", access: .train, bodyLimit: 1 << 20, summary: "Queues a training job.",
            handle: handle)
    ]

    private static func handle(_ request: Request, _ services: Services) throws -> Response {
        // A page of another site can send other types without asking, so the type must be named.
        guard request.fields[.contentType] != nil else {
            throw ServiceError(
                status: .unsupportedMediaType, code: "unsupported_media_type",
                message: "The body's type must be named: application/json.", parameter: "Content-Type")
        }
        _ = try MediaType.ofBody(request, accepted: [.json])
        // Before anything is checked: what was accepted once stays so, whatever has become of the dataset since.
        let idempotency = try idempotency(request)
        if let job = try idempotency.flatMap(services.jobs.job(acceptedUnder:)) { return created(job) }
        // The strict parser first: what it lets through means the same to the decoder.
        _ = try Fields(try JSONParser.parse(request.body))
        let specification = try TrainingSpecification(json: Data(request.body))
        // Once the job is in the queue, its dataset stays.
        let job = try services.uploads.whileNoneGoes {
            let dataset = try check(specification, services)
            let submission = JobSubmission(
                name: specification.modelName,
                specification: try text(specification, dataset: dataset.name), priority: specification.priority ?? 0,
                estimate: try services.admit(specification, dataset)?.json(), idempotency: idempotency)
            return try services.jobs.submit(submission).job
        }
        return created(job)
    }

    private static func created(_ job: Job) -> Response {
        var response = JobRoutes.document(job, status: .created)
        response.fields[.location] = "/v1/jobs/\(job.id)"
        return response
    }

    /// The dataset must be there, and its images must be the model's.
    private static func check(_ specification: TrainingSpecification, _ services: Services) throws
        -> DatasetDescription
    {
        let description: DatasetDescription
        do throws(DatasetError) {
            description = try services.datasets.description(ofDatasetNamed: specification.dataset)
        } catch { throw ServiceError(error, parameter: "dataset") }
        let (shape, input) = (description.shape, specification.model.input)
        guard shape.channels == input.channels, shape.height == input.height, shape.width == input.width else {
            throw ServiceError.impossible(
                "image_shape_mismatch",
                "The model takes images of \(input); those of '\(specification.dataset)' are \(shape).", "model")
        }
        return description
    }

    private static func idempotency(_ request: Request) throws -> JobSubmission.Idempotency? {
        guard let key = request.fields[.idempotencyKey] else { return nil }
        guard (1...255).contains(key.utf8.count) else {
            throw ServiceError.outOfRange(
                "Idempotency-Key", actual: "\(key.utf8.count) bytes", expected: "1 to 255 bytes")
        }
        return JobSubmission.Idempotency(key: key, body: Data(request.body))
    }

    /// What is kept: every default filled in, a preset by its name.
    private static func text(_ specification: TrainingSpecification, dataset: String) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var writer = JSONWriter(capacity: 2048)
        writer.beginObject()
        writer.key("name")
        writer.string(specification.modelName)
        writer.key("dataset")
        writer.string(dataset)
        writer.key("model")
        if let preset = specification.preset {
            writer.string(preset)
        } else {
            writer.raw(try encoder.encode(specification.model))
        }
        writer.key("training")
        writer.raw(try encoder.encode(specification.training))
        if let metadata = specification.metadata {
            writer.key("metadata")
            writer.raw(try encoder.encode(metadata))
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
