import Foundation
import GRDB
import Testing

@testable import Jobs

@Suite struct JobStoreFailureTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func everythingIsThereAfterReopening() throws {
        var store: JobStore? = try JobStore(folder: folder.url)
        let id = try #require(try store?.submit(JobSubmission(name: "a", specification: "{}")).job.id)
        let other = try #require(try store?.submit(JobSubmission(name: "b", specification: "{}")).job.id)
        _ = try store?.claim()
        store = nil
        let reopened = try JobStore(folder: folder.url)
        #expect(try reopened.recover().map(\.id) == [id])
        let job = try reopened.job(id)
        #expect(job.status == .queued && job.attempt == 2 && job.crashes == 0 && job.queuePosition == 1)
        #expect(try reopened.job(other).queuePosition == 2)
    }

    @Test func aJobToBeCancelledIsCancelledAtTheRestart() throws {
        let store = try JobStore(folder: folder.url)
        let id = try store.submit(JobSubmission(name: "a", specification: "{}")).job.id
        _ = try store.claim()
        _ = try store.requestCancel(id)
        #expect(try store.recover().map(\.status) == [.cancelled])
    }

    /// An earlier version let a cancel come between a result and its publication.
    @Test func aResultIsPublishedAtTheRestartWhateverWasAskedFor() throws {
        let store = try JobStore(folder: folder.url)
        let id = try store.submit(JobSubmission(name: "a", specification: "{}")).job.id
        _ = try store.claim()
        try store.record(resultPath: "1", of: id)
        try store.write { try $0.execute(sql: "UPDATE jobs SET cancel_requested = 1, pause_requested = 1") }
        #expect(try store.recover().map(\.status) == [.queued])
    }

    @Test func aSecondStoreOnTheFolderIsRefused() throws {
        let store = try JobStore(folder: folder.url)
        #expect(throws: JobStoreError.inUse(folder: folder.url.path, owner: "\(getpid())")) {
            try JobStore(folder: folder.url)
        }
        _ = try store.counts()
    }

    @Test func aFileInPlaceOfTheFolderIsRefused() throws {
        let file = folder.url.appendingPathComponent("state")
        try Data().write(to: file)
        let error = #expect(throws: JobStoreError.self) { try JobStore(folder: file) }
        #expect(error?.description.contains("is not writable") == true)
    }

    @Test func somethingElseThanADatabaseIsRefused() throws {
        let file = folder.url.appendingPathComponent("jobs.sqlite")
        try Data(repeating: 0x41, count: 8192).write(to: file)
        #expect(throws: JobStoreError.corrupt(file: file.path)) { try JobStore(folder: folder.url) }
    }

    @Test func aNewerSchemaIsRefused() throws {
        _ = try JobStore(folder: folder.url)
        let file = folder.url.appendingPathComponent("jobs.sqlite").path
        let queue = try DatabaseQueue(path: file)
        try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99: from the future')") }
        try queue.close()
        #expect(throws: JobStoreError.newerSchema(file: file)) { try JobStore(folder: folder.url) }
    }

    /// SQLite's own page limit stands in for a disk that is full.
    @Test func aFullDiskRefusesAndKeepsNothingOfTheJob() throws {
        let store = try JobStore(folder: folder.url)
        let id = try store.submit(JobSubmission(name: "a", specification: "{}")).job.id
        try store.write { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
        let large = JobSubmission(
            name: "b", specification: String(repeating: "x", count: 100_000),
            idempotency: .init(key: "k", body: Data("b".utf8)))
        #expect(throws: JobStoreError.diskFull) { try store.submit(large) }
        #expect(try store.jobs().jobs.map(\.id) == [id])
        #expect(try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM idempotency_keys") } == 0)
        try store.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        #expect(try store.submit(large).isReplay == false)
    }
}
