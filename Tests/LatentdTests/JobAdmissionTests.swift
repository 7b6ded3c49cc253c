import Autoencoders
import Foundation
import Images
import Jobs
import Serving
import Testing

@testable import Datasets
@testable import latentd

@Suite struct JobAdmissionTests {
    private static let grey = ModelConfiguration.preset("mnist-2d")
    private static let colour = ModelConfiguration.preset("rgb-200d")

    /// Settings of workers, threads, the threads of all, the limit; and what a job then has on 4 processors and 1,000 bytes.
    @Test(arguments: [
        (1, 0, 0, 0, 4, 750), (2, 0, 0, 0, 2, 375), (8, 0, 0, 0, 1, 93), (1, 3, 0, 0, 3, 750), (2, 3, 0, 0, 3, 375),
        (2, 0, 6, 0, 3, 375), (1, 0, 1, 500, 1, 500), (4, 0, 0, 2000, 1, 2000),
    ])
    func limitsAreShares(workers: Int, threads: Int, all: Int, limit: Int, expectedThreads: Int, expectedBytes: Int) {
        var settings = Settings()
        (settings.jobs.workers, settings.jobs.threads, settings.jobs.memoryLimitBytes) = (workers, threads, limit)
        settings.compute.threads = all
        let limits = JobLimits(settings, installed: 1000, processors: 4)
        #expect(limits.threads == expectedThreads && limits.memoryBytes == expectedBytes)
    }

    @Test func speedIsThatOfTheSameModelElseOfItsOperations() throws {
        let (grey, colour) = (try #require(Self.grey), try #require(Self.colour))
        let operations = (try grey.operationCount(.train), try colour.operationCount(.train))
        func rate(_ model: ModelConfiguration, _ count: Int, _ records: [SpeedRecord]) -> Double? {
            SpeedRecord.imagesPerSecond(of: model, operations: count, from: records)
        }
        #expect(rate(grey, operations.0, []) == nil)
        let records = [900.0, 1000, 5].map { SpeedRecord(model: grey, imagesPerSecond: $0) }
        #expect(rate(grey, operations.0, records) == 900)
        let other = try #require(rate(colour, operations.1, records))
        #expect(abs(other - 900 * Double(operations.0) / Double(operations.1)) < 1e-9)
        #expect(rate(colour, operations.1, records + [SpeedRecord(model: colour, imagesPerSecond: 7)]) == 7)
    }

    private func admission(memory: Int, reserve: Int = 0, in folder: URL) throws -> JobAdmission {
        var settings = Settings()
        (settings.jobs.memoryLimitBytes, settings.compute.threads) = (memory, 2)
        return JobAdmission(
            limits: JobLimits(settings), folder: folder, diskReserve: reserve, jobs: try JobStore(folder: folder))
    }

    private func dataset(side: Int, channels: Int) throws -> DatasetDescription {
        DatasetDescription(
            name: "d", title: "d", source: .state,
            shape: try PictureShape(channels: channels, height: side, width: side), labelNames: nil, manifest: nil,
            splits: [
                SplitDescription(name: .train, count: 1000, labelCounts: nil),
                SplitDescription(name: .test, count: 100, labelCounts: nil),
            ])
    }

    @Test func whatDoesNotFitIsRefusedWithWhatWouldHelp() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("admission-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let data = try dataset(side: 128, channels: 3)
        var job = TrainingSpecification(dataset: "d", model: try #require(Self.colour))
        job.training.batchSize = 1000
        do {
            let admission = try admission(memory: 1 << 30, in: folder)
            let error = #expect(throws: JobRefusal.self) { try admission.estimate(job, data) }
            guard case .memory(let needed, 1 << 30, 1000, batchSizeHelps: true)? = error, needed > 1 << 30 else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(
                error?.description.contains("\(needed)") == true && error?.description.contains("\(1 << 30)") == true)
            job.training.batchSize = 8
            let estimate = try admission.estimate(job, data)
            #expect(estimate.memoryBytes < 1 << 30 && estimate.seconds == nil)
        }
        do {
            let error = #expect(throws: JobRefusal.self) {
                try admission(memory: 1 << 20, in: folder).estimate(job, data)
            }
            guard case .memory(_, _, 8, batchSizeHelps: false)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        let error = #expect(throws: JobRefusal.self) {
            try admission(memory: 1 << 30, reserve: 1 << 60, in: folder).estimate(job, data)
        }
        guard case .disk(let shortage)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(shortage.reserve == 1 << 60 && shortage.needed > 0)
    }
}
