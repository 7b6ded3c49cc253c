import Foundation
import GRDB
import Synchronization

/// The durable list of jobs: one SQLite database in a state folder that no other process may use.
///
/// Accepted means committed: every change is one transaction, written to disk before the call returns, and a change of
/// status writes its event in the same transaction. Calls block for the disk, so none belongs on an event loop.
public final class JobStore: Sendable {
    let pool: DatabasePool
    let folder: URL
    let file: String
    /// The most jobs that may wait in the queue.
    public let maximumQueued: Int
    let now: @Sendable () -> Date
    private let lock: StateFolderLock
    private let observers = Mutex<[UUID: @Sendable (JobIdentifier) -> Void]>([:])

    /// Opens or creates the store in `folder`, and holds the folder until the process ends.
    ///
    /// - Throws: `inUse`, `notWritable`, `corrupt`, `newerSchema` or `diskFull`.
    public init(
        folder: URL, maximumQueued: Int = 100, now: @escaping @Sendable () -> Date = { Date() }
    ) throws(JobStoreError) {
        lock = try StateFolderLock(folder: folder)
        let file = folder.appendingPathComponent("jobs.sqlite").path
        do {
            var configuration = Configuration()
            configuration.label = "jobs"
            configuration.busyMode = .timeout(5)
            configuration.maximumReaderCount = 2
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
            }
            pool = try DatabasePool(path: file, configuration: configuration)
            let migrator = JobSchema.migrator
            if try pool.read(migrator.hasBeenSuperseded) { throw JobStoreError.newerSchema(file: file) }
            try migrator.migrate(pool)
        } catch {
            throw JobStoreError(error, file: file, folder: folder.path)
        }
        self.folder = folder
        self.file = file
        self.maximumQueued = maximumQueued
        self.now = now
    }

    /// Calls `notify` after every committed change of a job, on the thread that made it; keep it short.
    public func observe(_ notify: @escaping @Sendable (JobIdentifier) -> Void) -> JobObservation {
        let key = UUID()
        observers.withLock { $0[key] = notify }
        return JobObservation(store: self, key: key)
    }

    func removeObserver(_ key: UUID) {
        observers.withLock { _ = $0.removeValue(forKey: key) }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(JobStoreError) -> Value {
        do { return try pool.read(body) } catch { throw JobStoreError(error, file: file, folder: folder.path) }
    }

    /// Runs `body` as one transaction: everything it writes is on the disk afterwards, or nothing.
    func write<Value>(_ body: (Database) throws -> Value) throws(JobStoreError) -> Value {
        do { return try pool.write(body) } catch { throw JobStoreError(error, file: file, folder: folder.path) }
    }

    func notify(_ id: JobIdentifier) {
        for notify in observers.withLock({ Array($0.values) }) { notify(id) }
    }
}

/// Keeps a callback of `JobStore.observe` alive; ends with `cancel` or with its own life.
public final class JobObservation: Sendable {
    private let remove: @Sendable () -> Void

    init(store: JobStore, key: UUID) {
        remove = { [weak store] in store?.removeObserver(key) }
    }

    /// Ends the callbacks.
    public func cancel() { remove() }

    deinit { remove() }
}
