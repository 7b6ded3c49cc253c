import Foundation
import GRDB

/// What clients ask of the queue.
extension JobStore {
    /// Accepts a job: it is committed when this returns.
    ///
    /// - Throws: `queueFull`, or `idempotencyMismatch` when the key came before with another body.
    public func submit(_ submission: JobSubmission) throws(JobStoreError) -> JobReceipt {
        let receipt = try write { database in
            if let idempotency = submission.idempotency,
                let earlier = try earlierJob(for: idempotency, in: database)
            {
                return JobReceipt(job: earlier, isReplay: true)
            }
            // Paused jobs hold their place: they come back without asking.
            let waiting = "SELECT count(*) FROM jobs WHERE status IN ('queued', 'paused')"
            let queued = try Int.fetchOne(database, sql: waiting) ?? 0
            guard queued < maximumQueued else { throw JobStoreError.queueFull(limit: maximumQueued) }

            let date = JobSchema.milliseconds(now())
            let id = try nextIdentifier(at: date, in: database)
            try database.execute(
                sql: """
                    INSERT INTO jobs
                        (id, name, status, created_at, attempt, crashes, specification, cancel_requested, priority,
                            estimate)
                    VALUES (?, ?, 'queued', ?, 1, 0, ?, 0, ?, ?)
                    """,
                arguments: [
                    id.text, submission.name, date, submission.specification, submission.priority, submission.estimate,
                ])
            if let idempotency = submission.idempotency {
                try database.execute(
                    sql: "INSERT INTO idempotency_keys (key, body, job_id) VALUES (?, ?, ?)",
                    arguments: [idempotency.key, idempotency.body, id.text])
            }
            try appendEvent("status", ["status": .string(JobStatus.queued.rawValue)], to: id, in: database)
            return JobReceipt(job: try fetch(id, in: database), isReplay: false)
        }
        if !receipt.isReplay { notify(receipt.job.id) }
        return receipt
    }

    /// The job with this identifier.
    ///
    /// - Throws: `notFound`.
    public func job(_ id: JobIdentifier) throws(JobStoreError) -> Job {
        try read { database in try fetch(id, in: database) }
    }

    /// Jobs, newest first: at most `limit` (1...1000), of one status if given, older than the job `after` if given.
    public func jobs(
        status: JobStatus? = nil, limit: Int = 100, after: JobIdentifier? = nil
    ) throws(JobStoreError) -> JobPage {
        let limit = min(max(limit, 1), 1000)
        // Only what is asked for stands in the query: SQLite chooses its index before it knows the values.
        var conditions = ["TRUE"]
        var arguments: StatementArguments = []
        if let status {
            conditions.append("status = ?")
            arguments += [status.rawValue]
        }
        if let after {
            conditions.append("id < ?")
            arguments += [after.text]
        }
        let query = " WHERE \(conditions.joined(separator: " AND ")) ORDER BY id DESC LIMIT ?"
        arguments += [limit + 1]
        let jobs = try read { [arguments] database in
            try Job.fetchAll(database, sql: Job.selection + query, arguments: arguments)
        }
        return JobPage(jobs: Array(jobs.prefix(limit)), hasMore: jobs.count > limit)
    }

    /// The oldest of the jobs that have not ended and whose specification is wanted; all are looked at as of one moment.
    public func unfinishedJob(
        where isWanted: (_ specification: String) -> Bool
    ) throws(JobStoreError) -> JobIdentifier? {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT id, specification FROM jobs WHERE status IN ('queued', 'running', 'paused') ORDER BY id
                    """)
            while let row = try rows.next() {
                if isWanted(row["specification"]) { return JobIdentifier(row["id"] as String) }
            }
            return nil
        }
    }

    /// How many jobs stand in each status; statuses without jobs are missing.
    public func counts() throws(JobStoreError) -> [JobStatus: Int] {
        try read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT status, count(*) AS jobs FROM jobs GROUP BY status")
            return rows.reduce(into: [:]) { counts, row in
                if let status = JobStatus(rawValue: row["status"]) { counts[status] = row["jobs"] }
            }
        }
    }

    /// Ends a queued job at once; asks a running one to end, which it does soon.
    ///
    /// Asking twice is the same as asking once.
    /// - Throws: `notFound`, or `conflict` when the job has ended or its model is being published.
    public func requestCancel(_ id: JobIdentifier) throws(JobStoreError) -> Job {
        let job = try write { database in
            let job = try fetch(id, in: database)
            try refuseIfPublishing(job, "be cancelled")
            switch job.status {
            case .queued, .paused:
                return try transition(id, to: .cancelled, reason: "cancelled before it ended", in: database)
            case .running where job.isCancelRequested:
                return job
            case .running:
                try database.execute(sql: "UPDATE jobs SET cancel_requested = 1 WHERE id = ?", arguments: [id.text])
                try appendEvent("cancel_requested", [:], to: id, in: database)
                return try fetch(id, in: database)
            case .succeeded, .failed, .cancelled:
                throw JobStoreError.conflict(id: id, status: job.status, attempted: "be cancelled")
            }
        }
        notify(id)
        return job
    }

    /// Holds a queued job back at once; asks a running one to save its state and end its process, which it does soon.
    ///
    /// Asking twice is the same as asking once.
    /// - Throws: `notFound`, or `conflict` when the job has ended or is about to.
    public func requestPause(_ id: JobIdentifier) throws(JobStoreError) -> Job {
        let job = try write { database in
            let job = try fetch(id, in: database)
            try refuseIfPublishing(job, "be paused")
            switch job.status {
            case .queued: return try transition(id, to: .paused, reason: "paused before it ran", in: database)
            case .running where job.isPauseRequested, .paused: return job
            case .running where !job.isCancelRequested:
                try database.execute(sql: "UPDATE jobs SET pause_requested = 1 WHERE id = ?", arguments: [id.text])
                try appendEvent("pause_requested", [:], to: id, in: database)
                return try fetch(id, in: database)
            case .running, .succeeded, .failed, .cancelled:
                throw JobStoreError.conflict(id: id, status: job.status, attempted: "be paused")
            }
        }
        notify(id)
        return job
    }

    private func refuseIfPublishing(_ job: Job, _ attempted: String) throws {
        guard job.resultPath != nil, !job.status.isFinal else { return }
        throw JobStoreError.conflict(
            id: job.id, status: job.status, attempted: "\(attempted) any more: its model is being published")
    }

    /// Puts a paused job back into the queue, at the place that its age and priority give it.
    ///
    /// - Throws: `notFound`, or `conflict` when the job is not paused; one that runs or waits is left as it is.
    public func resume(_ id: JobIdentifier) throws(JobStoreError) -> Job {
        let job = try write { database in
            let job = try fetch(id, in: database)
            switch job.status {
            case .paused:
                try database.execute(
                    sql: "UPDATE jobs SET attempt = attempt + (started_at IS NOT NULL) WHERE id = ?",
                    arguments: [id.text])
                return try transition(id, to: .queued, reason: "resumed", in: database)
            case .queued: return job
            case .running where !job.isPauseRequested: return job
            case .running, .succeeded, .failed, .cancelled:
                let attempted = job.status == .running ? "be resumed before it is paused" : "be resumed"
                throw JobStoreError.conflict(id: id, status: job.status, attempted: attempted)
            }
        }
        notify(id)
        return job
    }

    /// Removes an ended job with its events.
    ///
    /// - Throws: `notFound`, or `conflict` when the job has not ended.
    public func delete(_ id: JobIdentifier) throws(JobStoreError) {
        try write { database in
            let job = try fetch(id, in: database)
            guard job.status.isFinal else {
                throw JobStoreError.conflict(id: id, status: job.status, attempted: "be deleted before it ends")
            }
            try database.execute(sql: "DELETE FROM jobs WHERE id = ?", arguments: [id.text])
        }
        notify(id)
    }

    /// A job's events in order: at most `limit` (1...1000) with numbers above `after`, of one kind if given.
    ///
    /// - Throws: `notFound`.
    public func events(
        of id: JobIdentifier, kind: String? = nil, after: Int = 0, limit: Int = 1000
    ) throws(JobStoreError) -> [JobEvent] {
        try read { database in
            _ = try fetch(id, in: database)
            return try JobEvent.fetchAll(
                database,
                sql: """
                    SELECT * FROM events WHERE job_id = ? AND number > ? AND (? IS NULL OR kind = ?)
                    ORDER BY number LIMIT ?
                    """, arguments: [id.text, after, kind, kind, min(max(limit, 1), 1000)])
        }
    }

    /// The numbers of the first and the last event that are kept of a job.
    ///
    /// - Throws: `notFound`.
    public func eventNumbers(of id: JobIdentifier) throws(JobStoreError) -> (first: Int, last: Int) {
        try read { database in
            _ = try fetch(id, in: database)
            let sql = "SELECT min(number) AS first, max(number) AS last FROM events WHERE job_id = ?"
            let row = try Row.fetchOne(database, sql: sql, arguments: [id.text])
            return (row?["first"] ?? 1, row?["last"] ?? 0)
        }
    }

    /// The job that was accepted under an idempotency key, nil where the key is new.
    ///
    /// - Throws: `idempotencyMismatch` when the key came with another body.
    public func job(acceptedUnder idempotency: JobSubmission.Idempotency) throws(JobStoreError) -> Job? {
        try read { database in try earlierJob(for: idempotency, in: database) }
    }

    private func earlierJob(for idempotency: JobSubmission.Idempotency, in database: Database) throws -> Job? {
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT body, job_id FROM idempotency_keys WHERE key = ?",
                arguments: [idempotency.key])
        else { return nil }
        guard row["body"] == idempotency.body, let id = JobIdentifier(row["job_id"] as String) else {
            throw JobStoreError.idempotencyMismatch(key: idempotency.key)
        }
        return try fetch(id, in: database)
    }

    /// An identifier above all others, even when the clock went back: the order of identifiers is the queue's.
    private func nextIdentifier(at date: Int64, in database: Database) throws -> JobIdentifier {
        let latest = try String.fetchOne(database, sql: "SELECT max(id) FROM jobs").flatMap { JobIdentifier($0) }
        let milliseconds = max(UInt64(clamping: date), latest.map { $0.milliseconds + 1 } ?? 0)
        var random = SystemRandomNumberGenerator()
        return JobIdentifier(milliseconds: milliseconds, random: &random)
    }
}
