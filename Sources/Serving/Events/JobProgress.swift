import HTTP
import Jobs

/// What is told of a job's progress, as an event; it has no id, since none is kept.
struct ProgressWord: Equatable {
    /// Later ones have larger numbers.
    let number: Int
    let bytes: [UInt8]
}

/// A job's progress for all who follow it: written once, and anew once a second at most.
struct JobProgress {
    static let interval = Duration.seconds(1)

    /// What to tell; who comes new is told at once.
    private(set) var latest: ProgressWord?
    private var told: (status: JobStatus?, progress: String?, metrics: String?) = (nil, nil, nil)
    private var due: ContinuousClock.Instant?

    /// Takes news of the job.
    ///
    /// - Returns: in how long to come back, where it is too soon to tell them.
    mutating func update(_ job: Job, at now: ContinuousClock.Instant) -> Duration? {
        guard job.progress != nil || job.metrics != nil, (job.status, job.progress, job.metrics) != told else {
            return nil
        }
        if let due, now < due { return now.duration(to: due) }
        (told, due) = ((job.status, job.progress, job.metrics), now + Self.interval)
        var writer = JSONWriter()
        JobDocument.writeProgress(of: job, &writer)
        let event = ServerSentEvent(name: "progress", data: writer.bytes)
        latest = ProgressWord(number: (latest?.number ?? 0) + 1, bytes: event.bytes)
        return nil
    }
}
