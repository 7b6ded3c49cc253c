import Autoencoders
import Checkpoints
import Foundation
import Testing

@testable import Training

@Suite struct RunEstimateTests {
    /// Batch, training images, images of which losses are taken, workers; the sizes of each worker's plans, for images that
    /// are apart and for coupled ones.
    @Test(arguments: [
        (128, 60_000, [10_000], 2, [[16], [16]], [[16, 48, 64], [16, 48, 64]]),
        (128, 512, [100, 20], 2, [[4, 16], [4, 16]], [[4, 16, 64], [4, 16, 64]]),
        (100, 150, [], 3, [[1, 16], [1, 16], [1, 2, 16]], [[16, 33], [17, 33], [17, 34]]),
        (8, 1000, [3], 2, [[3, 4], [3, 4]], [[3, 4], [3, 4]]),
        (65_536, 10, [1], 1, [[1, 10]], [[1, 10]]), (2, 4, [], 3, [[1], [1], []], [[1], [1], []]),
    ])
    func plansAreKnown(
        batch: Int, train: Int, evaluated: [Int], workers: Int, apart: [[Int]], coupled: [[Int]]
    ) {
        func sizes(_ model: ModelConfiguration) -> [[Int]] {
            PlanSizes(model, batchSize: batch, trainImages: train, evaluated: evaluated, workers: workers).workers
        }
        #expect(sizes(TinyRun.model()) == apart)
        #expect(sizes(TinyRun.model(batchNorm: true)) == coupled)
    }

    @Test func moreOfAnythingTakesMore() throws {
        var job = TrainingSpecification(dataset: "d", model: try #require(ModelConfiguration.preset("rgb-200d")))
        func estimate(train: Int = 1000, threads: Int = 2) throws -> RunEstimate {
            try RunEstimate(job, trainImages: train, testImages: 100, threads: threads)
        }
        let plain = try estimate()
        // The last batch is as long: a rest of another length has plans of its own.
        #expect(try estimate(train: 1000 + 40 * 128).memoryBytes > plain.memoryBytes)
        #expect(try estimate(threads: 4).memoryBytes > plain.memoryBytes)
        job.training.weightAverage = 0.9
        #expect(try estimate().checkpointBytes > plain.checkpointBytes)
        job.training.batchSize *= 2
        #expect(try estimate().memoryBytes > plain.memoryBytes * 3 / 2)
        job.training.validationShare = 0.5
        #expect(try (estimate().trainedImages, estimate().evaluatedImages) == (500, 600))
    }

    /// 60 epochs of 900 images and a third of 300.
    @Test func timeIsThatOfAllEpochs() throws {
        let job = TrainingSpecification(dataset: "d", model: TinyRun.model())
        let estimate = try RunEstimate(job, trainImages: 900, testImages: 300, threads: 2)
        #expect(estimate.seconds(imagesPerSecond: 100) == 600)
    }

    @Test func aCheckpointIsAsLargeAsWasSaid() throws {
        let (folder, dataset) = (TinyRun.temporaryFolder(), try TinyRun.dataset())
        defer { try? FileManager.default.removeItem(at: folder) }
        var written = 0
        _ = try TinyRun.trainer(folder, dataset: dataset).run(observe: { event in
            if case .checkpoint(_, _, let bytes) = event { written = bytes }
        })
        var job = TrainingSpecification(dataset: "squares", model: TinyRun.model())
        job.training.epochs = 4
        let estimate = try RunEstimate(job, trainImages: 150, testImages: 40, threads: 2)
        #expect(written > 0 && written <= estimate.checkpointBytes)
    }

    @Test func aDiskWithoutRoomStopsTheRunAndKeepsTheCheckpoint() throws {
        let (folder, dataset) = (TinyRun.temporaryFolder(), try TinyRun.dataset())
        defer { try? FileManager.default.removeItem(at: folder) }
        let trainer = try TinyRun.trainer(folder, dataset: dataset)
        let error = #expect(throws: TrainingError.self) {
            _ = try trainer.run(observe: { event in if case .checkpoint = event { trainer.diskReserve = 1 << 60 } })
        }
        #expect(error?.code == "disk_full")
        #expect(
            error?.description.hasSuffix("The checkpoint of step 5 stays.") == true, "\(error.map { "\($0)" } ?? "")")
        #expect(try CheckpointFolder(path: folder.path).resumesAfterStep() == 5)
    }
}
