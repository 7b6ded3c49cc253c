import Foundation
import GRDB

/// A job that never changes again, as far as it matters to whoever clears up after it.
public struct EndedJob: Equatable, Sendable {
    public let id: JobIdentifier
    public let status: JobStatus
    public let finishedAt: Date
    /// What of it has been removed already, in the words of whoever did.
    public let pruned: [String]

    public init(id: JobIdentifier, status: JobStatus, finishedAt: Date, pruned: [String] = []) {
        (self.id, self.status, self.finishedAt, self.pruned) = (id, status, finishedAt, pruned)
    }
}

/// What is known of files that jobs left and that are gone.
extension JobStore {
    /// All jobs that have ended.
    public func endedJobs() throws(JobStoreError) -> [EndedJob] {
        try read { database in
            let final = JobStatus.allCases.filter(\.isFinal).map { "'\($0.rawValue)'" }.joined(separator: ", ")
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT id, status, finished_at, pruned FROM jobs WHERE status IN (\(final)) AND finished_at > 0")
            return rows.compactMap { row in
                guard let id = JobIdentifier(row["id"] as String), let status = JobStatus(rawValue: row["status"])
                else { return nil }
                return EndedJob(
                    id: id, status: status, finishedAt: JobSchema.date(row["finished_at"]),
                    pruned: Job.words(row["pruned"]))
            }
        }
    }

    /// Notes, before it is done, that parts of a job that has ended are removed; its status and history stay as they are.
    ///
    /// - Throws: `notFound`, or `conflict` when the job has not ended.
    public func markPruned(_ parts: [String], of id: JobIdentifier) throws(JobStoreError) {
        try write { database in
            let job = try fetch(id, in: database)
            guard job.status.isFinal else {
                throw JobStoreError.conflict(id: id, status: job.status, attempted: "be pruned before it ends")
            }
            let all = job.pruned + parts.filter { !job.pruned.contains($0) }
            try database.execute(
                sql: "UPDATE jobs SET pruned = ? WHERE id = ?", arguments: [all.joined(separator: " "), id.text])
        }
    }
}

extension Job {
    static func words(_ text: String?) -> [String] { (text ?? "").split(separator: " ").map(String.init) }
}
