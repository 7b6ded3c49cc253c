import Foundation

/// One accepted piece of work, as the store last wrote it.
///
/// Texts named JSON are opaque here: they are kept as they came and never looked into.
public struct Job: Equatable, Sendable {
    public let id: JobIdentifier
    /// The submitter's name for the job.
    public let name: String
    public let status: JobStatus
    /// Why the job stands where it stands, in one sentence; nil when the status says it all.
    public let statusReason: String?
    public let createdAt: Date
    /// When the latest attempt started.
    public let startedAt: Date?
    /// When the job ended.
    public let finishedAt: Date?
    /// 1 for the first attempt; counts every return to the queue of a job that has run.
    public let attempt: Int
    /// How many attempts ended because the child process crashed; restarts of the daemon are not counted.
    public let crashes: Int
    /// What was accepted, as JSON.
    public let specification: String
    /// The latest progress that the child reported, as a JSON object.
    public let progress: String?
    /// The latest metrics that the child reported, as a JSON object.
    public let metrics: String?
    /// Where the child left its result; set before publication, so that a restart publishes instead of training again.
    public let resultPath: String?
    /// The published model as `name/version`; set when the job succeeded.
    public let modelVersion: String?
    /// What went wrong; set when the job failed.
    public let failure: JobFailure?
    /// Whether somebody asked for the job's end.
    public let isCancelRequested: Bool
    /// Whether somebody asked for a pause that has not come yet.
    public let isPauseRequested: Bool
    /// Which queued job starts first: the one of the highest priority, among equals the oldest.
    public let priority: Int
    /// 1 for the job that starts next; nil unless queued.
    public let queuePosition: Int?
    /// What the job was expected to take when it was accepted, as a JSON object.
    public let estimate: String?
    /// What of the files that it left has been removed, as `JobStore.markPruned` was told.
    public let pruned: [String]
}

/// Why a job failed, in the words of the API's error object.
public struct JobFailure: Error, Equatable, Sendable {
    /// A stable word for programs, such as `crash_loop`.
    public let code: String
    /// One sentence for people, without paths.
    public let message: String
    /// The field of the specification that is to blame, when there is one.
    public let parameter: String?

    public init(code: String, message: String, parameter: String? = nil) {
        self.code = code
        self.message = message
        self.parameter = parameter
    }
}

/// What a client asks the queue to do.
public struct JobSubmission: Equatable, Sendable {
    public let name: String
    /// The validated specification, as JSON.
    public let specification: String
    /// Higher ones start first.
    public let priority: Int
    /// What it is expected to take, as a JSON object.
    public let estimate: String?
    /// Makes a repeated submission give the first one's job.
    public let idempotency: Idempotency?

    public init(
        name: String, specification: String, priority: Int = 0, estimate: String? = nil,
        idempotency: Idempotency? = nil
    ) {
        self.name = name
        self.specification = specification
        self.priority = priority
        self.estimate = estimate
        self.idempotency = idempotency
    }

    /// A client's `Idempotency-Key` and the body it came with.
    public struct Idempotency: Equatable, Sendable {
        public let key: String
        /// The request's body, compared byte for byte with the first one's.
        public let body: Data

        public init(key: String, body: Data) {
            self.key = key
            self.body = body
        }
    }
}

/// The answer to a submission.
public struct JobReceipt: Equatable, Sendable {
    public let job: Job
    /// Whether the job was there already, accepted earlier under the same idempotency key.
    public let isReplay: Bool
}

/// A part of the list of jobs, newest first.
public struct JobPage: Equatable, Sendable {
    public let jobs: [Job]
    /// Whether older jobs follow; ask for them with the last job's id as `after`.
    public let hasMore: Bool
}

/// One line of a job's history; numbers start at 1 and have no gaps.
public struct JobEvent: Equatable, Sendable {
    public let jobID: JobIdentifier
    public let number: Int
    public let date: Date
    /// `status` for a transition, `cancel_requested`, `pause_requested`, or what the child reported: `epoch`, `checkpoint`,
    /// `began_anew`, `output`.
    public let kind: String
    /// The event's content, a JSON object.
    public let content: String
}
