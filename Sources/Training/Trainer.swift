import Autoencoders
import Checkpoints
import Datasets
import Foundation
import Kernels
import Tensors

/// Trains one model on one dataset and leaves a checkpoint folder.
///
/// Stopped and resumed after any step, a run ends in the same bytes as an uninterrupted one: noise and order are
/// addressed by seed, epoch and step, and moments and weights are kept exactly.
public final class Trainer {
    public enum Outcome: Sendable { case finished, stopped }

    private let specification: TrainingSpecification
    private let dataset: Dataset
    /// What is trained on, and what is kept back.
    private let train: Split
    private let validation: Split?
    private var stopping: EarlyStopping
    private var watch = DivergenceWatch()
    private let output: CheckpointFolder
    /// The bytes that checkpoints have to leave free on their disk, 0 for none.
    public var diskReserve = 0
    private let backend: any Backend
    private let pool: KernelPool
    private let engine: TrainingEngine
    private var origin: Origin
    private var metrics: [EpochMetrics] = []
    private var epochMaps: [LatentMap] = []
    private var map: LatentMap?
    private let sampledMaps: SampledMaps
    /// Epochs that are done, and steps.
    private var epoch = 0
    private var step = 0
    /// What the epoch under way has given so far.
    private var sums = LossSums()
    private var seconds = 0.0
    private var savedStep = 0
    private var datasetDigest: String?

    /// What the provenance says beside the specification.
    public struct Origin: Sendable {
        public var programVersion: String
        public var command: String?

        public init(programVersion: String, command: String?) {
            (self.programVersion, self.command) = (programVersion, command)
        }
    }

    private var settings: TrainingSettings { specification.training }
    private var stepsPerEpoch: Int { (train.count + settings.batchSize - 1) / settings.batchSize }
    private var steps: Int { stepsPerEpoch * settings.epochs }

    public init(
        _ specification: TrainingSpecification, dataset: Dataset, output: CheckpointFolder, pool: KernelPool,
        backend: any Backend, origin: Origin
    ) throws {
        (self.specification, self.dataset, self.output) = (specification, dataset, output)
        (self.pool, self.backend, self.origin) = (pool, backend, origin)
        let configuration = specification.training.applied(to: specification.model)
        let (input, shape) = (configuration.input, dataset.shape)
        guard input == ImageShape(channels: shape.channels, height: shape.height, width: shape.width) else {
            throw TrainingError.imageShape(dataset: dataset.name, expected: input, actual: "\(shape)")
        }
        guard dataset.train.count > 0, dataset.test.count > 0 else {
            throw TrainingError.emptySplit(dataset: dataset.name)
        }
        (train, validation) = try EarlyStopping.parts(of: dataset.train, specification.training)
        stopping = EarlyStopping(patience: specification.training.patience)
        sampledMaps = SampledMaps(output.runMaps, dataset: dataset)
        try TrainingEngine.checkMemory(
            configuration, batchSize: min(specification.training.batchSize, train.count),
            workers: pool.workerCount)
        engine = try TrainingEngine(
            configuration: configuration, settings: specification.training, pool: pool, backend: backend)
    }

    /// Starts from the weights of a trained model of the same layers instead of fresh ones; moments start at 0.
    public func start(from checkpoint: CheckpointFolder) throws {
        let (_, parameters) = try checkpoint.model()
        guard parameters.layout == engine.layout else {
            throw TrainingError.cannotStart(reason: "the checkpoint's model has other layers.")
        }
        engine.parameters.copy(from: parameters.values)
        engine.averaged.copy(from: parameters.values)
    }

    /// Goes on from the output folder's last checkpoint, which must be of the same run.
    public func resume() throws {
        let checkpoint = try output.checkpoint()
        guard let state = checkpoint.trainingState else {
            throw TrainingError.cannotResume(reason: "the folder has no optimiser state.")
        }
        guard state.progress.settings == settings, state.progress.dataset == dataset.name,
            checkpoint.configuration == engine.configuration
        else {
            throw TrainingError.cannotResume(reason: "the folder holds a run with other settings.")
        }
        if let digest = state.progress.datasetDigest, try digest != digestOfDataset() {
            throw TrainingError.datasetChanged(dataset: dataset.name)
        }
        if let threads = checkpoint.provenance?.threads, threads != pool.workerCount {
            throw TrainingError.cannotResume(
                reason: "it was started with \(threads) threads and its sums depend on that; "
                    + "there are \(pool.workerCount).")
        }
        let progress = state.progress
        guard isPlace(progress) else {
            throw TrainingError.cannotResume(
                reason: "it stands after \(progress.epoch) epochs of \(stepsPerEpoch) steps and \(progress.step), "
                    + "which cannot be.")
        }
        engine.averaged.copy(from: checkpoint.parameters.values)
        engine.parameters.copy(from: state.trainedWeights ?? checkpoint.parameters.values)
        if let best = state.bestWeights, let epoch = progress.best, epoch.epoch >= 1, epoch.epoch <= progress.epoch {
            engine.best.copy(from: best)
            stopping = EarlyStopping(patience: settings.patience, best: epoch)
        }
        engine.firstMoment.copy(from: state.firstMoment)
        engine.secondMoment.copy(from: state.secondMoment)
        (metrics, epochMaps, map) = (checkpoint.metrics, checkpoint.epochMaps, checkpoint.map)
        (epoch, step, savedStep) = (progress.epoch, progress.step, progress.step)
        if let begun = progress.epochUnderWay {
            sums = LossSums(images: begun.images, reconstruction: begun.reconstruction, divergence: begun.divergence)
            seconds = begun.seconds
        }
        // The run is bit-identical to an uninterrupted one: it was the first command that made it.
        origin.command = checkpoint.provenance?.command ?? origin.command
    }

    /// Whether a run can stand there: at the end of an epoch, or in the middle of one whose sums are known.
    private func isPlace(_ progress: TrainingProgress) -> Bool {
        let (first, overflow) = progress.epoch.multipliedReportingOverflow(by: stepsPerEpoch)
        guard (0...settings.epochs).contains(progress.epoch), !overflow, progress.step >= first else { return false }
        let begun = progress.step - first
        guard let sums = progress.epochUnderWay else { return begun == 0 }
        return progress.epoch < settings.epochs && (1..<stepsPerEpoch).contains(begun)
            && sums.images == begun * settings.batchSize && sums.seconds >= 0
    }

    /// Trains up to the last epoch, or until `shouldStop` says so between two steps; then a checkpoint is left of where
    /// it is.
    public func run(
        shouldStop: () -> Bool = { false }, observe: (TrainingEvent) throws -> Void = { _ in }
    ) throws -> Outcome {
        if step == 0 { try sampledMaps.series.remove() }  // those of another run
        while !isOver {
            guard try trainEpoch(shouldStop, observe) else {
                if step > savedStep { try save(observe) }
                return .stopped
            }
            let (test, means) = try engine.evaluate(dataset.test)
            let kept = try validation.map { try engine.evaluate($0).sums }
            let (train, seconds) = (sums, seconds)
            epoch += 1
            (sums, self.seconds) = (LossSums(), 0)
            // The last step may have spoilt the weights after its own loss was finite.
            let losses = [test, kept ?? test].map { $0.reconstruction + $0.divergence }
            guard losses.allSatisfy(\.isFinite), means.allSatisfy(\.isFinite) else { throw watch.diverged(at: step) }
            if isOver { try watch.checkEnd(at: step) }
            let entry = EpochMetrics(
                epoch: epoch, train: LossParts(train, of: engine.configuration),
                test: LossParts(test, of: engine.configuration),
                validation: kept.map { LossParts($0, of: engine.configuration) },
                imagesPerSecond: Double(train.images) / seconds, seconds: seconds)
            metrics.append(entry)
            try keepMap(means)
            try onDisk {
                try sampledMaps.keep(means, dimension: engine.configuration.latentDimension, epoch: epoch)
            }
            try observe(.epoch(entry, position: position(train, seconds: seconds)))
            if let kept = entry.validation, stopping.take(epoch: epoch, objective: kept.objective) {
                engine.best.copy(from: engine.averaged.values)
            }
            if isOver { try takeBest() }
            if epoch % settings.checkpointEvery == 0 || isOver {
                try save(observe)
            }
        }
        return .finished
    }

    private var isOver: Bool { epoch >= settings.epochs || sums.images == 0 && stopping.ends(after: epoch) }

    /// The run leaves the weights of its best epoch, and the map that they give.
    private func takeBest() throws {
        guard let best = stopping.best, best.epoch < epoch else { return }
        engine.averaged.copy(from: engine.best.values)
        try keepMap(try engine.evaluate(dataset.test).means, of: best.epoch)
    }

    /// What is left of one pass over the training images; whether it came to its end.
    private func trainEpoch(
        _ shouldStop: () -> Bool, _ observe: (TrainingEvent) throws -> Void
    ) throws -> Bool {
        let batches = try ShuffledBatches(
            count: train.count, batchSize: settings.batchSize, seed: settings.seed, epoch: epoch + 1)
        let clock = ContinuousClock()
        let (start, before) = (clock.now, seconds)
        var lastReport = before
        let (objective, latent) = (engine.configuration.objective, engine.configuration.latentDimension)
        let weight = Double(objective.divergenceWeight(latentDimension: latent))
        for index in step - epoch * stepsPerEpoch..<stepsPerEpoch {
            if shouldStop() { return false }
            let rates = TrainingEngine.StepRates(
                learningRate: settings.learningRate(atStep: step + 1, of: steps),
                divergenceScale: settings.divergenceScale(atStep: step + 1, of: steps))
            let losses = try engine.step(train, indices: batches.batch(index), number: step + 1, rates)
            let count = Double(max(losses.images, 1))
            try watch.take(
                loss: (losses.reconstruction + losses.divergence) / count,
                objective: (losses.reconstruction + weight * Double(rates.divergenceScale) * losses.divergence) / count,
                step: step + 1)
            sums += losses
            step += 1
            seconds = before + start.duration(to: clock.now) / .seconds(1)
            if seconds - lastReport >= 0.2 {
                lastReport = seconds
                try observe(.progress(position(sums, seconds: seconds)))
            }
        }
        return true
    }

    private func position(_ sums: LossSums, seconds: Double) -> TrainingPosition {
        let rate = Double(sums.images) / max(seconds, 1e-9)
        let left = Double((steps - step) * train.count) / Double(stepsPerEpoch)
        return TrainingPosition(
            epoch: min(epoch + 1, settings.epochs), epochs: settings.epochs, step: step, steps: steps,
            imagesPerSecond: rate, etaSeconds: rate > 0 ? left / rate : 0,
            train: LossParts(sums, of: engine.configuration))
    }

    private func keepMap(_ means: [Float], of best: Int? = nil) throws {
        let latents = try Tensor(shape: [dataset.test.count, engine.configuration.latentDimension], values: means)
        let map = try LatentMap(
            epoch: best ?? epoch, dataset: dataset.name, split: "test", latents: latents, labels: dataset.test.labels)
        self.map = map
        if best == nil, Checkpoint.keptEpochs.contains(epoch) { epochMaps.append(map) }
    }

    private func digestOfDataset() throws -> String {
        let digest = try datasetDigest ?? dataset.digest()
        datasetDigest = digest
        return digest
    }

    private func save(_ observe: (TrainingEvent) throws -> Void) throws {
        var checkpoint = Checkpoint(
            configuration: engine.configuration,
            parameters: try Parameters(layout: engine.layout, values: engine.averaged.values))
        checkpoint.metrics = metrics
        checkpoint.map = map
        checkpoint.epochMaps = epochMaps
        checkpoint.runMaps = isOver ? sampledMaps.series : nil
        if isOver { checkpoint.selfTest = try engine.selfTest() }
        let objective = engine.configuration.objective
        checkpoint.provenance = Provenance(
            name: specification.modelName, family: engine.configuration.family.rawValue, dataset: dataset.name,
            epochs: epoch, bestEpoch: isOver ? stopping.best?.epoch : nil, seed: settings.seed,
            batchSize: settings.batchSize,
            learningRate: Double("\(settings.learningRate)") ?? Double(settings.learningRate),
            schedule: settings.schedule.rawValue,
            ema: settings.weightAverage > 0 ? Double("\(settings.weightAverage)") : nil,
            beta: Double(objective.beta), klReduction: objective.klReduction.rawValue, threads: pool.workerCount,
            backend: backend.name, programVersion: origin.programVersion, createdAt: Date.now.ISO8601Format(),
            command: origin.command)
        checkpoint.trainingState = TrainingState(
            firstMoment: engine.firstMoment.values, secondMoment: engine.secondMoment.values,
            trainedWeights: settings.weightAverage > 0 ? engine.parameters.values : nil,
            bestWeights: stopping.best == nil ? nil : engine.best.values,
            progress: TrainingProgress(
                epoch: epoch, step: step, settings: settings, dataset: dataset.name,
                datasetDigest: try digestOfDataset(), epochUnderWay: epochUnderWay, best: stopping.best))
        let bytes = try onDisk { try output.publish(checkpoint, keepingFree: diskReserve) }
        savedStep = step
        try observe(.checkpoint(epoch: epoch, step: step, bytes: bytes))
    }

    private func onDisk<Result>(_ write: () throws -> Result) throws -> Result {
        do { return try write() } catch let error as CheckpointError {
            if error.isFull { throw TrainingError.diskFull(error, savedStep: savedStep) }
            // A step may spoil the weights after its own loss was finite.
            if case .nonFinite = error { throw watch.diverged(at: step) }
            throw error
        }
    }

    private var epochUnderWay: TrainingProgress.EpochUnderWay? {
        guard sums.images > 0 else { return nil }
        return TrainingProgress.EpochUnderWay(
            images: sums.images, reconstruction: sums.reconstruction, divergence: sums.divergence, seconds: seconds)
    }
}
