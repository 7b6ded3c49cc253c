import ArgumentParser
import Autoencoders
import Checkpoints
import Datasets
import Foundation
import Training

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Trains a model and leaves a checkpoint folder.",
        discussion: """
            EXAMPLES
              latentd train --preset mnist-2d --dataset mnist --epochs 60 --output runs/mnist-2d
              latentd train --resume --output runs/mnist-2d
              latentd train --model model.json --dataset mnist --output runs/mine --schedule cosine

            Interrupted, it leaves a checkpoint of where it is; --resume goes on from there to the same final bytes.
            """)

    @OptionGroup(title: "Run") var what: RunOptions

    @Option(help: "The folder to leave the checkpoint in.")
    var output: String

    @Option(help: "A checkpoint folder whose weights to start from; it must have the same layers.")
    var from: String?

    @Flag(help: "Go on from the output folder's last checkpoint, with its settings.")
    var resume = false

    @OptionGroup(title: "Training") var training: TrainingOptions
    @OptionGroup(title: "Machine") var compute: ComputeOptions

    @Option(help: .hidden) var jobSpec: String?
    @Option(help: .hidden) var job: String?

    func validate() throws {
        guard jobSpec == nil else { return }
        if resume {
            guard what.isEmpty, from == nil, try training.settings() == TrainingSettings() else {
                throw ValidationError("--resume goes on with the run's own model, dataset and settings; give none.")
            }
            return
        }
        try what.check()
    }

    func run() throws {
        let place = OutputFolder(output)
        let reporter: any TrainingReporter = jobSpec == nil ? ProgressBar(log: place.log) : ProgressLines()
        StopSignal.listen()
        do {
            let settings = try compute.settings()
            if jobSpec != nil { JobLimits(settings).impose() }
            let folder = CheckpointFolder(path: output)
            if jobSpec != nil, let damage = try setAsideIfDamaged(folder) { reporter.beganAnew(damage) }
            let resumes = (resume || jobSpec != nil) && folder.exists
            let specification = try specification(folder)
            guard resumes || !folder.exists else {
                throw ValidationError("'\(output)' holds a checkpoint already; --resume goes on with it.")
            }
            try place.check(holdsCheckpoint: resumes)
            let dataset = try DatasetCatalogue(.current(settings.paths)).dataset(named: specification.dataset)
            let machine = try Compute(try threads(settings.compute, resumes ? folder : nil))
            let trainer = try Trainer(
                specification, dataset: dataset, output: folder, pool: machine.pool, backend: machine.backend,
                origin: Trainer.Origin(programVersion: programVersion, command: command))
            if jobSpec != nil { trainer.diskReserve = settings.jobs.diskReserveBytes }
            if resumes {
                try trainer.resume()
            } else if let from {
                try trainer.start(from: CheckpointFolder(path: from))
            }
            let outcome = try trainer.run(shouldStop: { StopSignal.isRaised }, observe: reporter.observe)
            guard outcome == .finished else {
                reporter.stopped()
                throw ExitCode(130)
            }
            // They are in the folder now; a job's stay where they are asked for.
            if jobSpec == nil { try folder.runMaps.remove() }
            reporter.finished(path: output)
        } catch let error as ExitCode {
            throw error
        } catch {
            reporter.failed(error)
            throw ExitCode.failure
        }
    }

    /// A job whose checkpoint is damaged begins again from nothing rather than fail; the damaged one is kept beside it. One
    /// that the system does not give out may be sound: it stays, and the job fails.
    ///
    /// - Returns: what is wrong with it, nil where there is none or a sound one.
    private func setAsideIfDamaged(_ folder: CheckpointFolder) throws -> String? {
        guard folder.exists else { return nil }
        do throws(CheckpointError) {
            _ = try folder.checkpoint()
            return nil
        } catch .file(let fault) {
            throw CheckpointError.file(fault)
        } catch {
            try? FileManager.default.removeItem(atPath: folder.damaged.path)
            try FileManager.default.moveItem(atPath: folder.path, toPath: folder.damaged.path)
            return error.description
        }
    }

    private var command: String {
        job.map { "job \($0)" } ?? ShellText.command(["latentd"] + CommandLine.arguments.dropFirst())
    }

    private func specification(_ folder: CheckpointFolder) throws -> TrainingSpecification {
        if let jobSpec {
            return try TrainingSpecification(json: try Self.content(of: jobSpec))
        }
        if resume {
            let checkpoint = try folder.checkpoint()
            guard let progress = checkpoint.trainingState?.progress else {
                throw TrainingError.cannotResume(reason: "'\(output)' has no optimiser state.")
            }
            var specification = TrainingSpecification(
                dataset: progress.dataset, model: checkpoint.configuration, training: progress.settings)
            specification.name = checkpoint.provenance?.name
            return specification
        }
        let configuration: ModelConfiguration
        if let model = what.model {
            configuration = try ModelConfiguration(json: try Self.content(of: model))
        } else if let preset = what.preset, let known = ModelConfiguration.preset(preset) {
            configuration = known
        } else {
            throw ValidationError(
                "There is no preset '\(what.preset ?? "")'; there are \(ModelConfiguration.presetNames.joined(separator: ", "))."
            )
        }
        var specification = TrainingSpecification(
            dataset: what.dataset ?? "", model: configuration, training: try training.settings())
        (specification.name, specification.preset) = (what.name, what.preset)
        try specification.validate()
        return specification
    }

    private static func content(of file: String) throws -> Data {
        do { return try Data(contentsOf: URL(fileURLWithPath: file)) } catch {
            throw ValidationError("The file '\(file)' cannot be read.")
        }
    }

    /// A resumed run keeps its number of threads, on which its sums depend, unless told otherwise.
    private func threads(_ settings: Settings.Compute, _ folder: CheckpointFolder?) throws -> Settings.Compute {
        var settings = settings
        if compute.threads == nil, let threads = try folder?.provenance()?.threads { settings.threads = threads }
        return settings
    }
}

/// Every field of `TrainingSettings` as a flag.
struct TrainingOptions: ParsableArguments {
    private static let defaults = TrainingSettings()

    @Option(help: "Passes over the training images (default: \(defaults.epochs)).")
    var epochs: Int?
    @Option(help: "Images a step (default: \(defaults.batchSize)).")
    var batchSize: Int?
    @Option(help: "Adam's step size (default: \(defaults.learningRate)).")
    var learningRate: Float?
    @Option(help: "How the step size moves: constant, cosine or step (default: constant).")
    var schedule: String?
    @Option(help: "Of the schedule step: what the step size is multiplied by (default: \(defaults.stepFactor)).")
    var stepFactor: Float?
    @Option(help: "Of the schedule step: after how many epochs each time (default: \(defaults.stepEpochs)).")
    var stepEpochs: Int?
    @Option(help: "Steps over which the step size rises (default: 0).")
    var warmUpSteps: Int?
    @Option(help: "Weight of the KL divergence (default: the model's).")
    var beta: Float?
    @Option(help: "How that weight rises: constant, linear, sigmoid or cyclical (default: constant).")
    var betaSchedule: String?
    @Option(help: "Epochs over which it rises, or of a cycle (default: \(defaults.betaWarmUpEpochs)).")
    var betaWarmUpEpochs: Int?
    @Option(help: "Nats of KL that each latent dimension has for nothing (default: 0).")
    var freeBits: Float?
    @Option(help: "The longest gradient, 0 for any (default: 0).")
    var clipNorm: Float?
    @Option(help: "Pixels that training images are moved by at most (default: 0).")
    var shiftPixels: Int?
    @Option(help: "Reduction of the KL over the latent dimensions: sum or mean (default: the model's).")
    var klReduction: String?
    @Option(help: "Decay per step of the averaged weights, 0 for none (default: 0).")
    var weightAverage: Float?
    @Option(help: "Noise of the encoder's inputs against overfitting, 0 to 1 (default: 0).")
    var inputNoise: Float?
    @Option(help: "Share of the training images that is kept back to tell the best epoch, up to 0.5 (default: 0).")
    var validationShare: Float?
    @Option(help: "Epochs without a better one after which to end, 0 for never (default: 0).")
    var patience: Int?
    @Option(help: "How weights start: glorot_uniform or pytorch (default: glorot_uniform).")
    var initialization: String?
    @Option(help: "Fixes initial weights, order and noise (default: 1).")
    var seed: UInt64?
    @Option(help: "Epochs between checkpoints (default: 1).")
    var checkpointEvery: Int?

    func settings() throws -> TrainingSettings {
        var settings = Self.defaults
        if let epochs { settings.epochs = epochs }
        if let batchSize { settings.batchSize = batchSize }
        if let learningRate { settings.learningRate = learningRate }
        if let schedule { settings.schedule = try Self.choice("--schedule", schedule) }
        if let stepFactor { settings.stepFactor = stepFactor }
        if let stepEpochs { settings.stepEpochs = stepEpochs }
        if let betaSchedule { settings.betaSchedule = try Self.choice("--beta-schedule", betaSchedule) }
        if let betaWarmUpEpochs { settings.betaWarmUpEpochs = betaWarmUpEpochs }
        if let freeBits { settings.freeBits = freeBits }
        if let clipNorm { settings.clipNorm = clipNorm }
        if let shiftPixels { settings.shiftPixels = shiftPixels }
        if let warmUpSteps { settings.warmUpSteps = warmUpSteps }
        if let beta { settings.beta = beta }
        if let klReduction { settings.klReduction = try Self.choice("--kl-reduction", klReduction) }
        if let weightAverage { settings.weightAverage = weightAverage }
        if let inputNoise { settings.inputNoise = inputNoise }
        if let validationShare { settings.validationShare = validationShare }
        if let patience { settings.patience = patience }
        if let initialization { settings.initialization = try Self.choice("--initialization", initialization) }
        if let seed { settings.seed = seed }
        if let checkpointEvery { settings.checkpointEvery = checkpointEvery }
        return settings
    }

    private static func choice<Value: RawRepresentable<String>>(_ flag: String, _ text: String) throws -> Value {
        guard let value = Value(rawValue: text) else { throw ValidationError("\(flag) does not know '\(text)'.") }
        return value
    }
}
