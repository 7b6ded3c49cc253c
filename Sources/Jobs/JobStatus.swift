/// Where a job stands; `succeeded`, `failed` and `cancelled` are final.
public enum JobStatus: String, CaseIterable, Codable, Hashable, Sendable {
    case queued, running, paused, succeeded, failed, cancelled

    /// The statuses that may follow this one: the only table of transitions there is.
    public var successors: Set<JobStatus> {
        switch self {
        case .queued: [.running, .paused, .cancelled]
        case .running: [.succeeded, .failed, .cancelled, .queued, .paused]
        case .paused: [.queued, .cancelled]
        case .succeeded, .failed, .cancelled: []
        }
    }

    /// Whether the job has ended, so that it never changes again.
    public var isFinal: Bool { successors.isEmpty }
}
