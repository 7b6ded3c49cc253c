import Autoencoders
import Checkpoints
import Datasets
import Foundation
import Kernels
import Testing

@testable import Training

@Suite struct EarlyStoppingTests {
    @Test func waitsForABetterEpoch() {
        var stopping = EarlyStopping(patience: 2)
        let isBest = [5, 4, 4.5, 3, 3, 7].enumerated().map { stopping.take(epoch: $0 + 1, objective: $1) }
        #expect(isBest == [true, true, false, true, false, false])
        #expect(stopping.best == .init(epoch: 4, objective: 3))
        #expect([4, 5, 6, 7].map { stopping.ends(after: $0) } == [false, false, true, true])
        #expect(!EarlyStopping(patience: 0, best: stopping.best).ends(after: 1000))
        #expect(!EarlyStopping(patience: 1).ends(after: 1000))
    }

    @Test(arguments: [(0, 150, nil), (0.1, 135, 15), (0.5, 75, 75), (0.001, 149, 1)] as [(Float, Int, Int?)])
    func keepsAShareBack(share: Float, train: Int, kept: Int?) throws {
        let split = try TinyRun.dataset().train
        var settings = TrainingSettings()
        settings.validationShare = share
        let parts = try EarlyStopping.parts(of: split, settings)
        #expect(parts.train.count == train && parts.validation?.count == kept)
        // Together they are the whole, image by image.
        func images(_ parts: Split?...) -> [[UInt8]] {
            var images: [[UInt8]] = []
            for case let part? in parts {
                for index in 0..<part.count {
                    let label: UInt8 = part.labels?[index] ?? 255
                    images.append(Array(part.pixels[index * 64..<(index + 1) * 64]) + [label])
                }
            }
            return images.sorted { $0.lexicographicallyPrecedes($1) }
        }
        #expect(images(parts.train, parts.validation) == images(split))
        #expect(try EarlyStopping.parts(of: split, settings).train.pixels == parts.train.pixels)
        settings.seed = 2
        if kept != nil { #expect(try EarlyStopping.parts(of: split, settings).train.pixels != parts.train.pixels) }
    }

    /// Twenty images are learnt by heart; what was kept back gets worse meanwhile.
    @Test func aRunEndsEarlyAndLeavesItsBestWeights() throws {
        let (folder, dataset) = (TinyRun.temporaryFolder(), try TinyRun.dataset(train: 30))
        defer { try? FileManager.default.removeItem(at: folder) }
        func trainer() throws -> Trainer {
            try TinyRun.trainer(folder, dataset: dataset) {
                ($0.epochs, $0.batchSize, $0.learningRate) = (400, 5, 0.02)
                ($0.validationShare, $0.patience) = (0.34, 5)
            }
        }
        #expect(try trainer().run() == .finished)
        let checkpoint = try CheckpointFolder(path: folder.path).checkpoint()
        let best = try #require(checkpoint.trainingState?.progress.best)
        #expect(checkpoint.metrics.count == best.epoch + 5 && checkpoint.metrics.count < 400)
        #expect(checkpoint.provenance?.bestEpoch == best.epoch && checkpoint.map?.epoch == best.epoch)
        let objectives = checkpoint.metrics.compactMap { $0.validation?.objective }
        #expect(objectives.min() == best.objective)

        var settings = TrainingSettings()
        settings.validationShare = 0.34
        let kept = try #require(try EarlyStopping.parts(of: dataset.train, settings).validation)
        let backend = try BackendChoice.automatic.make()
        let result = try Evaluation.run(
            checkpoint.configuration, checkpoint.parameters, on: kept,
            pool: KernelPool(workers: 2) { backend.prepareThread() }, backend: backend)
        #expect(abs(result.losses.objective - best.objective) < 1e-9)

        // There is nothing to go on with.
        let again = try trainer()
        try again.resume()
        #expect(try again.run(observe: { Issue.record("\($0)") }) == .finished)
    }
}
