import Checkpoints
import Foundation
import Jobs
import Training

/// A job as a daemon tells of it.
struct RemoteJob: Decodable {
    struct Training: Decodable { let epochs: Int }

    struct Failure: Decodable { let code, message: String }

    struct Estimate: Decodable {
        let memoryBytes: Int
        let seconds, imagesPerSecond: Double?

        enum CodingKeys: String, CodingKey {
            case seconds
            case memoryBytes = "memory_bytes"
            case imagesPerSecond = "images_per_second"
        }
    }

    let id, name: String
    let status: JobStatus
    let statusReason: String?
    let createdAt: String
    let startedAt, finishedAt: String?
    let queuePosition: Int?
    let priority, attempt: Int
    let dataset: String
    let training: Training
    let estimate: Estimate?
    let progress: RemoteProgress?
    let metrics: [String: LossParts]?
    let modelVersion: String?
    let error: Failure?

    enum CodingKeys: String, CodingKey {
        case id, name, status, priority, attempt, dataset, training, estimate, progress, metrics, error
        case statusReason = "status_reason"
        case createdAt = "created_at"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case queuePosition = "queue_position"
        case modelVersion = "model_version"
    }
}

/// Where a run stands.
struct RemoteProgress: Decodable {
    let epoch, epochs, step, steps: Int
    let fraction, imagesPerSecond, etaSeconds: Double

    enum CodingKeys: String, CodingKey {
        case epoch, epochs, step, steps, fraction
        case imagesPerSecond = "images_per_second"
        case etaSeconds = "eta_seconds"
    }

    func position(_ train: LossParts) -> TrainingPosition {
        TrainingPosition(
            epoch: epoch, epochs: epochs, step: step, steps: steps, imagesPerSecond: imagesPerSecond,
            etaSeconds: etaSeconds, train: train)
    }
}

/// One event of a job's history.
struct RemoteEvent: Decodable {
    /// What an event may hold; which of it depends on its type.
    struct Content: Decodable {
        var status: JobStatus?
        var reason, code: String?
        var attempt: Int?
        var modelVersion: String?
        var epoch, step: Int?
        var seconds, imagesPerSecond: Double?
        var metrics: [String: LossParts]?

        enum CodingKeys: String, CodingKey {
            case status, reason, code, attempt, epoch, step, seconds, metrics
            case modelVersion = "model_version"
            case imagesPerSecond = "images_per_second"
        }

        /// Of an event that tells of an epoch.
        var epochMetrics: EpochMetrics? {
            guard let epoch, let train = metrics?["train"] else { return nil }
            return EpochMetrics(
                epoch: epoch, train: train, test: metrics?["test"], validation: metrics?["validation"],
                imagesPerSecond: imagesPerSecond ?? 0, seconds: seconds ?? 0)
        }
    }

    let sequence: Int
    let type: String
    let createdAt: String
    let data: Content

    enum CodingKeys: String, CodingKey {
        case sequence, type, data
        case createdAt = "created_at"
    }
}

/// A part of a list.
struct RemotePage<Entry: Decodable>: Decodable {
    let data: [Entry]
    let hasMore: Bool

    enum CodingKeys: String, CodingKey {
        case data
        case hasMore = "has_more"
    }
}
