import ArgumentParser
import Checkpoints
import Datasets
import Foundation
import Training

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Prints a checkpoint's losses on a dataset, in nats an image.",
        discussion: "EXAMPLE\n  latentd evaluate deploy/models/mnist-2d/1 --dataset mnist --split test")

    @Argument(help: "A checkpoint folder.")
    var checkpoint: String
    @Option(help: "The dataset's name (default: the one it was trained on).")
    var dataset: String?
    @Option(help: "train or test.")
    var split = "test"
    @Flag(help: "Print one JSON object.")
    var json = false
    @OptionGroup(title: "Machine") var compute: ComputeOptions

    func run() throws {
        let settings = try compute.settings()
        let folder = CheckpointFolder(path: checkpoint)
        let (configuration, parameters) = try folder.model()
        guard let name = try dataset ?? folder.provenance()?.dataset else {
            throw ValidationError("Name a dataset; the checkpoint does not tell its own.")
        }
        guard let part = Dataset.Part(rawValue: split) else {
            throw ValidationError("--split is '\(split)'; expected train or test.")
        }
        let images = try DatasetCatalogue(.current(settings.paths)).dataset(named: name)[part]
        let (shape, input) = (images.shape, configuration.input)
        guard (shape.channels, shape.height, shape.width) == (input.channels, input.height, input.width) else {
            throw TrainingError.imageShape(dataset: name, expected: input, actual: "\(shape)")
        }
        let machine = try Compute(settings.compute)
        let result = try Evaluation.run(
            configuration, parameters, on: images, pool: machine.pool, backend: machine.backend)
        let losses = result.losses
        let active = result.meanVariances.filter { $0 > 0.01 }.count
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            print(String(decoding: try encoder.encode(losses), as: UTF8.self))
        } else {
            print(
                """
                \(name) \(split), \(result.images) images, nats an image
                  reconstruction  \(String(format: "%10.4f", losses.reconstruction))
                  KL, summed      \(String(format: "%10.4f", losses.kl))
                  objective       \(String(format: "%10.4f", losses.objective))
                  -ELBO (beta 1)  \(String(format: "%10.4f", losses.negativeELBO))
                  active units    \(active) of \(configuration.latentDimension)
                """)
        }
    }
}
