import Autoencoders
import Checkpoints
import Datasets

/// What a job is expected to take, told with it.
public struct JobEstimate: Equatable, Sendable {
    public let memoryBytes, checkpointBytes: Int
    /// Nil before any job has shown how fast this machine is.
    public let seconds, imagesPerSecond: Double?

    public init(memoryBytes: Int, checkpointBytes: Int, seconds: Double?, imagesPerSecond: Double?) {
        (self.memoryBytes, self.checkpointBytes) = (memoryBytes, checkpointBytes)
        (self.seconds, self.imagesPerSecond) = (seconds, imagesPerSecond)
    }

    /// As the job's document has it.
    func json() throws(NonFiniteResult) -> String {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        for (key, value) in [("memory_bytes", memoryBytes), ("checkpoint_bytes", checkpointBytes)] {
            writer.key(key)
            writer.integer(value)
        }
        for (key, value) in [("seconds", seconds), ("images_per_second", imagesPerSecond)] {
            writer.key(key)
            if let value { try writer.number(value, name: key) } else { writer.null() }
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

/// Estimates a job that is sound before it is accepted, or throws a `JobRefusal`. Nil where nothing is known.
public typealias JobAdmissionCheck = @Sendable (TrainingSpecification, DatasetDescription) throws -> JobEstimate?

/// Why a job that is sound cannot be run here.
public enum JobRefusal: Error, Equatable, CustomStringConvertible {
    /// - Parameter batchSizeHelps: whether a smaller batch would fit, as it would not where the model or data are to blame.
    case memory(needed: Int, limit: Int, batchSize: Int, batchSizeHelps: Bool)
    case disk(DiskShortage)

    public var description: String {
        switch self {
        case .memory(let needed, let limit, let batchSize, let batchSizeHelps):
            "The job takes about \(needed) bytes of memory with batches of \(batchSize) images; a job may take \(limit) "
                + "(jobs.memory_limit_bytes). "
                + (batchSizeHelps ? "A smaller batch_size takes less." : "Smaller batches would not do either.")
        case .disk(let shortage): shortage.description
        }
    }

    var parameter: String? {
        switch self {
        case .memory(_, _, _, let batchSizeHelps): batchSizeHelps ? "training.batch_size" : "model"
        case .disk: nil
        }
    }
}
