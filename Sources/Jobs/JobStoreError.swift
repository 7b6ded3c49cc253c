import GRDB

/// Why the store refused or failed; `description` is the one sentence for people.
public enum JobStoreError: Error, Equatable, Sendable, CustomStringConvertible {
    case notFound(id: String)
    /// The queue holds `limit` jobs already.
    case queueFull(limit: Int)
    /// The idempotency key came before with another body.
    case idempotencyMismatch(key: String)
    /// The transition is not in the table, e.g. cancelling an ended job.
    case conflict(id: JobIdentifier, status: JobStatus, attempted: String)
    /// Another process holds the state folder.
    case inUse(folder: String, owner: String?)
    case notWritable(folder: String, reason: String)
    /// The file is not a database of ours, or is damaged.
    case corrupt(file: String)
    /// A newer program wrote the database.
    case newerSchema(file: String)
    case diskFull
    /// Another program holds the database.
    case busy
    /// Any other answer of SQLite, by its result code.
    case database(code: Int, message: String)

    public var description: String {
        switch self {
        case .notFound(let id): "There is no job '\(id)'."
        case .queueFull(let limit): "The queue is full: \(limit) jobs are waiting already."
        case .idempotencyMismatch(let key): "The idempotency key '\(key)' was used before with another body."
        case .conflict(let id, let status, let attempted): "Job '\(id)' is \(status.rawValue) and cannot \(attempted)."
        case .inUse(let folder, let owner):
            "The state folder '\(folder)' is in use by another daemon\(owner.map { " (process \($0))" } ?? "")."
        case .notWritable(let folder, let reason): "The state folder '\(folder)' is not writable: \(reason)."
        case .corrupt(let file):
            "The job database '\(file)' is damaged or is not a database; move it away to start anew."
        case .newerSchema(let file): "The job database '\(file)' was written by a newer version of this program."
        case .diskFull: "The disk that holds the jobs is full."
        case .busy: "The job database is locked by another program."
        case .database(let code, let message): "The job database failed: \(message) (SQLite code \(code))."
        }
    }
}

extension JobStoreError {
    /// Translates whatever a database access threw.
    init(_ error: any Error, file: String, folder: String) {
        if let error = error as? JobStoreError {
            self = error
        } else if let error = error as? DatabaseError {
            switch error.resultCode {
            case .SQLITE_FULL: self = .diskFull
            case .SQLITE_BUSY: self = .busy
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt(file: file)
            case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
                self = .notWritable(folder: folder, reason: error.message ?? "SQLite cannot write there")
            default:
                self = .database(code: Int(error.resultCode.rawValue), message: error.message ?? "unknown error")
            }
        } else {
            self = .database(code: Int(ResultCode.SQLITE_ERROR.rawValue), message: "\(error)")
        }
    }
}
