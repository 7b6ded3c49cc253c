import Autoencoders
import Checkpoints
import Datasets
import Foundation
import Kernels
import Tensors
import Testing
import Training

/// What a run leaves for those who serve it to hold their results against.
@Suite struct SelfTestTests {
    private let folder = TinyRun.temporaryFolder()

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func repository(_ choice: BackendChoice = .reference) throws -> ModelRepository {
        let backend = try choice.make()
        return ModelRepository(
            bundled: [], writable: path("models"), pool: KernelPool(workers: 1) { backend.prepareThread() },
            backend: backend)
    }

    private func train(_ name: String, _ model: ModelConfiguration = TinyRun.model(), seed: UInt64 = 1) throws {
        let trainer = try TinyRun.trainer(URL(fileURLWithPath: path(name)), model: model, dataset: TinyRun.dataset()) {
            ($0.epochs, $0.seed, $0.weightAverage) = (2, seed, 0.9)
        }
        _ = try trainer.run()
    }

    @Test(arguments: BackendChoice.available, [false, true])
    func whatWasTrainedIsPublishedWhateverComputes(backend: BackendChoice, batchNorm: Bool) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var model = TinyRun.model(batchNorm: batchNorm, dropout: 0.2)
        if batchNorm { model.likelihood = .gaussian(variance: 0.1) }
        try train("run", model)
        let test = try #require(try CheckpointFolder(path: path("run")).selfTest())
        #expect(test.latents.shape == [4, 2] && test.decoded.shape == [4, 1, 8, 8] && test.mean.shape == [4, 2])
        #expect(test.decoded.values.contains { $0 > 0.1 })
        #expect(try repository(backend).publish(CheckpointFolder(path: path("run")), as: "squares").version == 1)
    }

    @Test func onlyAnEndedRunHasOne() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var stops = false
        let run = URL(fileURLWithPath: path("run"))
        _ = try TinyRun.trainer(run, dataset: TinyRun.dataset()).run(
            shouldStop: { stops }, observe: { if case .checkpoint = $0 { stops = true } })
        #expect(try CheckpointFolder(path: path("run")).selfTest() == nil)
    }

    /// Sound files, but not the weights that were trained: the version that is served stays.
    @Test func otherWeightsAreRefusedWithTheDifference() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try train("good")
        try train("bad", seed: 2)
        let repository = try repository()
        let served = try repository.publish(CheckpointFolder(path: path("good")), as: "squares")
        let weights = "\(path("bad"))/\(CheckpointFolder.weightsFile)"
        try FileManager.default.removeItem(atPath: weights)
        try FileManager.default.copyItem(
            atPath: "\(path("models"))/squares/1/\(CheckpointFolder.weightsFile)", toPath: weights)
        let error = #expect(throws: RepositoryError.self) {
            try repository.publish(CheckpointFolder(path: path("bad")), as: "squares")
        }
        guard case .selfTestFailed("squares", let failure)? = error else {
            Issue.record("\(String(describing: error)) is no failed self-test")
            return
        }
        #expect(failure.output == "decoded" && abs(failure.actual - failure.expected) > SelfTest.tolerance)
        #expect(repository.model(named: "squares") === served)
        #expect(repository.listing(named: "squares")?.versions == [1])
        #expect(CheckpointFolder(path: path("bad")).exists, "it stays to be looked at")
    }

    @Test(arguments: [0.0005, 0.002, Float.nan, .infinity])
    func whatCounts(difference: Float) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try train("run")
        let (configuration, parameters) = try CheckpointFolder(path: path("run")).model()
        let autoencoder = try Autoencoder(
            configuration: configuration, parameters: parameters, pool: KernelPool(workers: 1, prepareThread: {}),
            backend: ReferenceBackend())
        let test = try #require(try CheckpointFolder(path: path("run")).selfTest())
        var values = test.mean.values
        values[3] += difference
        let other = SelfTest(
            latents: test.latents, decoded: test.decoded,
            mean: try Tensor(shape: test.mean.shape, values: values.map { $0 }), logVariance: test.logVariance)
        try test.check(autoencoder)
        let small = difference < 0.001
        do {
            try other.check(autoencoder)
            #expect(small)
        } catch let failure as SelfTestFailure {
            #expect(!small && failure.output == "mean" && failure.index == 3)
        }
    }
}
