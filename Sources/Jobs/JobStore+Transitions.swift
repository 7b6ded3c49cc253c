import Foundation
import GRDB

/// How an attempt at a job ended.
enum JobEnding: Equatable, Sendable {
    case succeeded(modelVersion: String)
    case failed(JobFailure)
    case cancelled(reason: String)
    /// Back to the queue; `crashed` counts against the limit of crashes.
    case requeued(reason: String, crashed: Bool)
    /// Until it is resumed.
    case paused
}

/// What the runner does to jobs. Every change of status goes through `transition`.
extension JobStore {
    /// Takes the oldest queued job of the highest priority and makes it running; nil when none waits.
    func claim() throws(JobStoreError) -> Job? {
        let job: Job? = try write { database in
            let next = try String.fetchOne(
                database, sql: "SELECT id FROM jobs WHERE status = 'queued' ORDER BY priority DESC, id LIMIT 1")
            guard let id = next.flatMap({ JobIdentifier($0) }) else { return nil }
            try database.execute(
                sql: "UPDATE jobs SET started_at = ? WHERE id = ?",
                arguments: [JobSchema.milliseconds(now()), id.text])
            return try transition(id, to: .running, reason: nil, in: database)
        }
        if let job { notify(job.id) }
        return job
    }

    /// Writes the end of an attempt.
    ///
    /// - Throws: `conflict` when the job is not running any more.
    @discardableResult
    func end(_ id: JobIdentifier, _ ending: JobEnding) throws(JobStoreError) -> Job {
        let job = try write { database in try end(id, ending, in: database) }
        notify(id)
        return job
    }

    /// Brings jobs that a dead daemon left running back to the queue, or to their end where that was asked for.
    func recover() throws(JobStoreError) -> [Job] {
        let jobs = try write { database in
            let running = try Job.fetchAll(database, sql: Job.selection + " WHERE status = 'running' ORDER BY id")
            return try running.map { job in
                let ending: JobEnding =
                    if job.resultPath != nil {
                        .requeued(reason: "the daemon ended while the model was published", crashed: false)
                    } else if job.isCancelRequested {
                        .cancelled(reason: "cancelled while running")
                    } else if job.isPauseRequested {
                        .paused
                    } else {
                        .requeued(reason: "the daemon ended while the job ran", crashed: false)
                    }
                return try end(job.id, ending, in: database)
            }
        }
        for job in jobs { notify(job.id) }
        return jobs
    }

    /// Stores what the child reported, in one transaction. Past `eventLimit` events of the job further ones are dropped,
    /// and the last one kept says so: the longest run, of 100,000 epochs with a checkpoint each, stays below.
    func write(
        _ writes: [ChildReport.Write], of id: JobIdentifier, eventLimit: Int = 250_000
    ) throws(JobStoreError) {
        guard !writes.isEmpty else { return }
        try write { database in
            for write in writes {
                switch write {
                case .latest(let progress, let metrics):
                    try database.execute(
                        sql: """
                            UPDATE jobs SET progress = coalesce(?, progress), metrics = coalesce(?, metrics)
                            WHERE id = ? AND status = 'running'
                            """, arguments: [progress, metrics, id.text])
                case .event(let kind, let content):
                    let number = try lastEventNumber(of: id, in: database) + 1
                    if number < eventLimit {
                        try appendEvent(kind, content, to: id, in: database)
                    } else if number == eventLimit {
                        try appendEvent("output", ["dropped": .string("too many events")], to: id, in: database)
                    }
                }
            }
        }
        notify(id)
    }

    /// Keeps where the finished child left its result, so that publication can be repeated after a restart. From then on
    /// the job can be neither cancelled nor paused: its model may be there already.
    ///
    /// - Returns: false where somebody was promised the job's end before.
    @discardableResult
    func record(resultPath: String, of id: JobIdentifier) throws(JobStoreError) -> Bool {
        try write { database in
            try database.execute(
                sql: "UPDATE jobs SET result_path = ? WHERE id = ? AND status = 'running' AND cancel_requested = 0",
                arguments: [resultPath, id.text])
            return database.changesCount > 0
        }
    }

    /// Moves a job along the table of transitions and writes the event, inside the caller's transaction.
    func transition(
        _ id: JobIdentifier, to status: JobStatus, reason: String?, in database: Database
    ) throws -> Job {
        let job = try fetch(id, in: database)
        guard job.status.successors.contains(status) else {
            throw JobStoreError.conflict(id: id, status: job.status, attempted: "become \(status.rawValue)")
        }
        try database.execute(
            sql: "UPDATE jobs SET status = ?, status_reason = ?, finished_at = ?, pause_requested = 0 WHERE id = ?",
            arguments: [
                status.rawValue, reason, status.isFinal ? JobSchema.milliseconds(now()) : nil, id.text,
            ])
        let changed = try fetch(id, in: database)
        var content: [String: JSONValue] = ["status": .string(status.rawValue), "attempt": .integer(changed.attempt)]
        if let reason { content["reason"] = .string(reason) }
        if let version = changed.modelVersion { content["model_version"] = .string(version) }
        if let failure = changed.failure { content["code"] = .string(failure.code) }
        try appendEvent("status", content, to: id, in: database)
        return changed
    }

    private func end(_ id: JobIdentifier, _ ending: JobEnding, in database: Database) throws -> Job {
        switch ending {
        case .succeeded(let version):
            try database.execute(
                sql: "UPDATE jobs SET model_version = ? WHERE id = ?", arguments: [version, id.text])
            return try transition(id, to: .succeeded, reason: nil, in: database)
        case .failed(let failure):
            try database.execute(
                sql: "UPDATE jobs SET failure_code = ?, failure_message = ?, failure_parameter = ? WHERE id = ?",
                arguments: [failure.code, failure.message, failure.parameter, id.text])
            return try transition(id, to: .failed, reason: failure.message, in: database)
        case .cancelled(let reason):
            return try transition(id, to: .cancelled, reason: reason, in: database)
        case .requeued(let reason, let crashed):
            try database.execute(
                sql: "UPDATE jobs SET attempt = attempt + 1, crashes = crashes + ? WHERE id = ?",
                arguments: [crashed ? 1 : 0, id.text])
            return try transition(id, to: .queued, reason: reason, in: database)
        case .paused:
            return try transition(id, to: .paused, reason: "paused while running", in: database)
        }
    }

    func fetch(_ id: JobIdentifier, in database: Database) throws -> Job {
        guard let job = try Job.fetchOne(database, sql: Job.selection + " WHERE id = ?", arguments: [id.text]) else {
            throw JobStoreError.notFound(id: id.text)
        }
        return job
    }

    func appendEvent(
        _ kind: String, _ content: [String: JSONValue], to id: JobIdentifier, in database: Database
    ) throws {
        let number = try lastEventNumber(of: id, in: database) + 1
        try database.execute(
            sql: "INSERT INTO events (job_id, number, date, kind, content) VALUES (?, ?, ?, ?, ?)",
            arguments: [id.text, number, JobSchema.milliseconds(now()), kind, JSONValue.object(content).text ?? "{}"])
    }

    private func lastEventNumber(of id: JobIdentifier, in database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT max(number) FROM events WHERE job_id = ?", arguments: [id.text]) ?? 0
    }
}
