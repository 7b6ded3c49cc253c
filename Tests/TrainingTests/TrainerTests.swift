import Autoencoders
import Checkpoints
import Foundation
import Testing

@testable import Training

@Suite struct TrainerTests {
    private static let variants: [(ModelConfiguration, Float)] = [
        (TinyRun.model(), 0), (TinyRun.model(), 0.9), (TinyRun.model(batchNorm: true), 0),
        (TinyRun.model(batchNorm: true, dropout: 0.25), 0.9),
    ]

    /// The variants whose state differs: plain, averaged weights, batch norm, dropout, a moving learning rate.
    @Test(arguments: variants, [1, 3, 5])
    func resumedRunEndsInTheSameBytes(variant: (ModelConfiguration, Float), stepsAtATime: Int) throws {
        let (model, average) = variant
        let dataset = try TinyRun.dataset()
        let (whole, parted) = (TinyRun.temporaryFolder(), TinyRun.temporaryFolder())
        defer { for folder in [whole, parted] { try? FileManager.default.removeItem(at: folder) } }
        func trainer(_ folder: URL) throws -> Trainer {
            try TinyRun.trainer(folder, model: model, dataset: dataset) {
                $0.weightAverage = average
                $0.schedule = .cosine
                $0.warmUpSteps = 3
                guard average > 0 else { return }
                (($0.betaSchedule, $0.betaWarmUpEpochs), $0.freeBits) = ((.cyclical, 2), 0.05)
                ($0.clipNorm, $0.shiftPixels, $0.inputNoise) = (0.5, 1, 0.5)
                ($0.validationShare, $0.patience) = (0.2, 3)
            }
        }
        #expect(try trainer(whole).run() == .finished)
        var (runs, outcome) = (0, Trainer.Outcome.stopped)
        while outcome == .stopped, runs < 30 {
            var steps = 0
            let trainer = try trainer(parted)
            if runs > 0 { try trainer.resume() }
            outcome = try trainer.run(shouldStop: {
                steps += 1
                return steps > stepsAtATime
            })
            runs += 1
        }
        let steps = average > 0 ? 16 : 20
        #expect(runs == (steps + stepsAtATime - 1) / stepsAtATime)
        for file in ["model.safetensors", "optimizer.safetensors", "map.safetensors", "training.json"] {
            let first = try Data(contentsOf: whole.appendingPathComponent(file))
            #expect(try Data(contentsOf: parted.appendingPathComponent(file)) == first, "\(file)")
        }
    }

    @Test func lossFallsAndMetricsAddUp() throws {
        let folder = TinyRun.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let trainer = try TinyRun.trainer(folder, dataset: TinyRun.dataset(train: 600)) {
            $0.epochs = 12
            $0.beta = 0.5
        }
        #expect(try trainer.run() == .finished)
        let checkpoint = try CheckpointFolder(path: folder.path).checkpoint()
        let metrics = checkpoint.metrics
        #expect(metrics.map(\.epoch) == Array(1...12))
        let (first, last) = (try #require(metrics.first?.test), try #require(metrics.last?.test))
        #expect(last.negativeELBO < first.negativeELBO - 2)
        for losses in metrics.flatMap({ [$0.train, $0.test].compactMap { $0 } }) {
            #expect(abs(losses.reconstruction + losses.kl - losses.negativeELBO) < 1e-9)
            #expect(abs(losses.reconstruction + 0.5 * losses.kl - losses.objective) < 1e-9)
        }
        #expect(checkpoint.epochMaps.map(\.epoch) == [1, 2, 5, 10])
        #expect(checkpoint.map?.epoch == 12)
        #expect(checkpoint.map?.labels?.count == 40)
    }

    @Test func numberOfThreadsDoesNotChangeTheLossButForRounding() throws {
        let dataset = try TinyRun.dataset()
        var losses: [Double] = []
        for threads in [1, 2, 3] {
            let folder = TinyRun.temporaryFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            let model = TinyRun.model(batchNorm: true, dropout: 0.25)
            let trainer = try TinyRun.trainer(folder, model: model, dataset: dataset, threads: threads) {
                $0.epochs = 2
            }
            _ = try trainer.run()
            losses.append(try #require(CheckpointFolder(path: folder.path).metrics().last).train.objective)
        }
        #expect(abs(losses[1] - losses[0]) < 1e-2 && abs(losses[2] - losses[0]) < 1e-2)
    }

    /// A constant rate so small that the weights cannot have moved far from where they started.
    @Test func startsFromTheWeightsOfAnotherRun() throws {
        let (first, second) = (TinyRun.temporaryFolder(), TinyRun.temporaryFolder())
        defer { for folder in [first, second] { try? FileManager.default.removeItem(at: folder) } }
        let dataset = try TinyRun.dataset(train: 600)
        _ = try TinyRun.trainer(first, dataset: dataset) { $0.epochs = 8 }.run()
        let next = try TinyRun.trainer(second, dataset: dataset) {
            $0.epochs = 1
            $0.learningRate = 1e-6
            $0.inputNoise = 1
        }
        try next.start(from: CheckpointFolder(path: first.path))
        _ = try next.run()
        let before = try #require(CheckpointFolder(path: first.path).metrics().last?.test)
        let after = try #require(CheckpointFolder(path: second.path).metrics().last?.test)
        #expect(abs(before.negativeELBO - after.negativeELBO) < 0.1)

        let other = try TinyRun.trainer(second, model: TinyRun.model(batchNorm: true), dataset: dataset)
        #expect(throws: TrainingError.self) { try other.start(from: CheckpointFolder(path: first.path)) }
    }

    /// Black and white pixels are their own binarised draws; grey ones are not.
    @Test(arguments: [(UInt8(255), true), (128, false)])
    func inputNoiseMovesGreyPixelsOnly(brightness: UInt8, isUnmoved: Bool) throws {
        let dataset = try TinyRun.dataset(brightness: brightness)
        var losses: [Double] = []
        for noise in [Float(0), 1] {
            let folder = TinyRun.temporaryFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            let trainer = try TinyRun.trainer(folder, dataset: dataset) {
                $0.epochs = 1
                $0.inputNoise = noise
            }
            _ = try trainer.run()
            losses.append(try #require(CheckpointFolder(path: folder.path).metrics().last).train.objective)
        }
        #expect((losses[0] == losses[1]) == isUnmoved)
    }

    @Test func anotherRunIsNotResumed() throws {
        let (folder, dataset) = (TinyRun.temporaryFolder(), try TinyRun.dataset())
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try TinyRun.trainer(folder, dataset: dataset) { $0.epochs = 1 }.run()
        let other = try TinyRun.trainer(folder, dataset: dataset) { $0.seed = 2 }
        #expect(throws: TrainingError.self) { try other.resume() }
        let threads = try TinyRun.trainer(folder, dataset: dataset, threads: 1) { $0.epochs = 1 }
        #expect(throws: TrainingError.self) { try threads.resume() }
    }

    /// Of the same name and sizes: going on would train on both.
    @Test func aDatasetThatHasChangedIsNotGoneOnWith() throws {
        let (folder, dataset) = (TinyRun.temporaryFolder(), try TinyRun.dataset())
        defer { try? FileManager.default.removeItem(at: folder) }
        var steps = 0
        let stopped = try TinyRun.trainer(folder, dataset: dataset)
            .run {
                steps += 1; return steps == 7
            }
        #expect(stopped == .stopped)
        let changed = try TinyRun.trainer(folder, dataset: try TinyRun.dataset(brightness: 254))
        let error = #expect(throws: TrainingError.self) { try changed.resume() }
        #expect(error?.code == "dataset_changed" && error?.description.contains("'squares'") == true)
        try TinyRun.trainer(folder, dataset: dataset).resume()
    }

    /// So small a variance that the first loss is beyond float32.
    @Test func divergenceIsAnErrorAndLeavesNoCheckpoint() throws {
        let folder = TinyRun.temporaryFolder()
        var model = TinyRun.model()
        model.likelihood = .gaussian(variance: 0x1p-130)
        let trainer = try TinyRun.trainer(folder, model: model, dataset: TinyRun.dataset())
        let error = #expect(throws: TrainingError.self) { try trainer.run() }
        guard case .diverged(step: 1, lastFiniteLoss: nil) = error else {
            Issue.record("\(String(describing: error)) is not a divergence at the first step")
            return
        }
        #expect(!CheckpointFolder(path: folder.path).exists)
    }

    @Test func imagesOfAnotherShapeAreRefused() throws {
        let preset = try #require(ModelConfiguration.preset("mnist-2d"))
        #expect(throws: TrainingError.self) {
            try TinyRun.trainer(TinyRun.temporaryFolder(), model: preset, dataset: TinyRun.dataset())
        }
    }

    /// Each says where the run stands and what it takes, also the one in the middle of an epoch.
    @Test func checkpointsAreToldOf() throws {
        let (folder, dataset) = (TinyRun.temporaryFolder(), try TinyRun.dataset())
        defer { try? FileManager.default.removeItem(at: folder) }
        var (steps, told): (Int, [[Int]]) = (0, [])
        let trainer = try TinyRun.trainer(folder, dataset: dataset)
        _ = try trainer.run(
            shouldStop: {
                steps += 1
                return steps > 7
            },
            observe: { event in
                guard case .checkpoint(let epoch, let step, let bytes) = event else { return }
                told.append([epoch, step])
                let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
                let sizes = try files.map { name -> Int in
                    let facts = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(name)")
                    return facts[.type] as? FileAttributeType == .typeDirectory ? 0 : facts[.size] as? Int ?? 0
                }
                #expect(bytes == sizes.reduce(0, +))
                #expect(try CheckpointFolder(path: folder.path).resumesAfterStep() == step)
            })
        #expect(told == [[1, 5], [1, 7]])
    }

    /// The command that began a run made it, whichever went on with it.
    @Test func aResumedRunKeepsTheCommandThatBeganIt() throws {
        let (folder, dataset) = (TinyRun.temporaryFolder(), try TinyRun.dataset())
        defer { try? FileManager.default.removeItem(at: folder) }
        var stops = false
        _ = try TinyRun.trainer(folder, dataset: dataset, command: "latentd train --preset x").run(
            shouldStop: { stops }, observe: { if case .checkpoint = $0 { stops = true } })
        let second = try TinyRun.trainer(folder, dataset: dataset, command: "latentd train --resume")
        try second.resume()
        #expect(try second.run() == .finished)
        let provenance = try #require(try CheckpointFolder(path: folder.path).provenance())
        #expect(provenance.command == "latentd train --preset x" && provenance.epochs == 4)
    }

    /// Positions come from a file; none may trap or pass for the end of an epoch.
    @Test(arguments: [
        (1, Int.max, nil), (Int.max, 5, nil), (-1, -5, nil), (5, 25, nil), (1, 4, nil), (1, 7, nil), (1, 5, 0),
        (1, 7, 63), (1, 10, 160), (4, 21, 32), (1, 7, -64), (1, 7, Int.max),
    ])
    func anImpossiblePositionIsNotResumed(epoch: Int, step: Int, images: Int?) throws {
        let (folder, dataset) = (TinyRun.temporaryFolder(), try TinyRun.dataset())
        defer { try? FileManager.default.removeItem(at: folder) }
        var stops = false
        let trainer = try TinyRun.trainer(folder, dataset: dataset)
        _ = try trainer.run(shouldStop: { stops }, observe: { if case .checkpoint = $0 { stops = true } })
        let checkpoints = CheckpointFolder(path: folder.path)
        var checkpoint = try checkpoints.checkpoint()
        checkpoint.trainingState?.progress.epoch = epoch
        checkpoint.trainingState?.progress.step = step
        checkpoint.trainingState?.progress.epochUnderWay = images.map {
            .init(images: $0, reconstruction: 1, divergence: 1, seconds: 1)
        }
        try checkpoints.publish(checkpoint)
        #expect(throws: TrainingError.self) { try TinyRun.trainer(folder, dataset: dataset).resume() }
    }

    /// Batch norm holds a batch in one piece, so that its size is what a run takes of memory.
    @Test func aBatchThatNoMachineHoldsIsRefused() throws {
        let preset = try #require(ModelConfiguration.preset("rgb-200d"))
        let machine = Double(8 << 30)
        func check(_ model: ModelConfiguration, batchSize: Int) throws {
            try TrainingEngine.checkMemory(model, batchSize: batchSize, workers: 2, available: machine)
        }
        #expect(throws: Never.self) { try check(preset, batchSize: 128) }
        let error = #expect(throws: TrainingError.self) { try check(preset, batchSize: 65_536) }
        let text = "\(error.map { "\($0)" } ?? "")"
        #expect(error?.code == "out_of_memory" && text.contains("65536") && text.contains("coder."))
        // Without it, images run through in small chunks, whatever the batch.
        let grey = try #require(ModelConfiguration.preset("mnist-2d"))
        #expect(throws: Never.self) { try check(grey, batchSize: 65_536) }
    }
}
