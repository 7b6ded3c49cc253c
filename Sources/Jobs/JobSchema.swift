import Foundation
import GRDB

/// The tables, as a list of migrations that only ever grows.
enum JobSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: jobs, events, idempotency keys") { database in
            try database.execute(
                sql: """
                    CREATE TABLE jobs (
                        id TEXT PRIMARY KEY NOT NULL,
                        name TEXT NOT NULL,
                        status TEXT NOT NULL,
                        status_reason TEXT,
                        created_at INTEGER NOT NULL,
                        started_at INTEGER,
                        finished_at INTEGER,
                        attempt INTEGER NOT NULL,
                        crashes INTEGER NOT NULL,
                        specification TEXT NOT NULL,
                        progress TEXT,
                        metrics TEXT,
                        result_path TEXT,
                        model_version TEXT,
                        failure_code TEXT,
                        failure_message TEXT,
                        failure_parameter TEXT,
                        cancel_requested INTEGER NOT NULL
                    ) STRICT;
                    CREATE INDEX jobs_by_status ON jobs (status, id);
                    CREATE TABLE events (
                        job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
                        number INTEGER NOT NULL,
                        date INTEGER NOT NULL,
                        kind TEXT NOT NULL,
                        content TEXT NOT NULL,
                        PRIMARY KEY (job_id, number)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE idempotency_keys (
                        key TEXT PRIMARY KEY NOT NULL,
                        body BLOB NOT NULL,
                        job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE
                    ) STRICT;
                    CREATE INDEX idempotency_keys_by_job ON idempotency_keys (job_id);
                    """)
        }
        migrator.registerMigration("2: pauses, priorities") { database in
            try database.execute(
                sql: """
                    ALTER TABLE jobs ADD COLUMN pause_requested INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE jobs ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
                    CREATE INDEX jobs_by_turn ON jobs (status, priority DESC, id);
                    """)
        }
        migrator.registerMigration("3: estimates, pruned files") { database in
            try database.execute(
                sql: """
                    ALTER TABLE jobs ADD COLUMN estimate TEXT;
                    ALTER TABLE jobs ADD COLUMN pruned TEXT;
                    """)
        }
        return migrator
    }

    /// Times are whole milliseconds since 1970.
    static func milliseconds(_ date: Date) -> Int64 {
        Int64(exactly: (date.timeIntervalSince1970 * 1000).rounded()) ?? 0
    }

    static func date(_ milliseconds: Int64) -> Date {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }
}

extension Job: FetchableRecord {
    /// The columns of a job, with its place in the queue.
    static let selection = """
        SELECT jobs.*, CASE status WHEN 'queued' THEN
            (SELECT count(*) FROM jobs AS earlier WHERE earlier.status = 'queued'
                AND (earlier.priority > jobs.priority OR earlier.priority = jobs.priority AND earlier.id <= jobs.id))
        END AS queue_position FROM jobs
        """

    /// Reads a row; a value that no version of this program wrote counts as damage.
    public init(row: Row) throws {
        guard let id = JobIdentifier(row["id"] as String), let status = JobStatus(rawValue: row["status"]) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a job's identifier or status is unknown")
        }
        let code: String? = row["failure_code"]
        let message: String? = row["failure_message"]
        self.init(
            id: id, name: row["name"], status: status, statusReason: row["status_reason"],
            createdAt: JobSchema.date(row["created_at"]),
            startedAt: (row["started_at"] as Int64?).map(JobSchema.date),
            finishedAt: (row["finished_at"] as Int64?).map(JobSchema.date),
            attempt: row["attempt"], crashes: row["crashes"], specification: row["specification"],
            progress: row["progress"], metrics: row["metrics"], resultPath: row["result_path"],
            modelVersion: row["model_version"],
            failure: code.map { JobFailure(code: $0, message: message ?? "", parameter: row["failure_parameter"]) },
            isCancelRequested: row["cancel_requested"], isPauseRequested: row["pause_requested"],
            priority: row["priority"], queuePosition: row["queue_position"], estimate: row["estimate"],
            pruned: Job.words(row["pruned"]))
    }
}

extension JobEvent: FetchableRecord {
    public init(row: Row) throws {
        guard let id = JobIdentifier(row["job_id"] as String) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "an event's job is unknown")
        }
        self.init(
            jobID: id, number: row["number"], date: JobSchema.date(row["date"]), kind: row["kind"],
            content: row["content"])
    }
}
