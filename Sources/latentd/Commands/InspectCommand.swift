import ArgumentParser
import Autoencoders
import Checkpoints
import Foundation

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Prints what a checkpoint holds, or why it is none.",
        discussion: "EXAMPLE\n  latentd inspect deploy/models/mnist-2d/1")

    @Argument(help: "A checkpoint folder.")
    var checkpoint: String

    func run() throws {
        let folder = CheckpointFolder(path: checkpoint)
        let (configuration, parameters) = try folder.model()
        let layout = parameters.layout
        print("family      \(configuration.family.rawValue)")
        print("input       \(configuration.input)  (channels x height x width)")
        print("latent      \(configuration.latentDimension)")
        print("parameters  \(layout.trainableCount)")
        if let provenance = try folder.provenance() {
            print("trained on  \(provenance.dataset), \(provenance.epochs) epochs, seed \(provenance.seed)")
            print("made by     latentd \(provenance.programVersion), \(provenance.createdAt)")
            if let command = provenance.command { print("command     \(command)") }
        }
        if let last = try folder.metrics().last {
            print("epoch       \(last.epoch)")
            for (name, losses) in [("train", last.train), ("test", last.test ?? last.train)] {
                print(
                    "\(name.padding(toLength: 12, withPad: " ", startingAt: 0))"
                        + String(
                            format: "reconstruction %.4f  KL %.4f  objective %.4f  -ELBO %.4f", losses.reconstruction,
                            losses.kl, losses.objective, losses.negativeELBO))
            }
        }
        let epochs = try folder.mapEpochs()
        if !epochs.isEmpty { print("maps        epochs \(epochs.map(String.init).joined(separator: ", "))") }
        print("tensors")
        for entry in layout.entries {
            let name = entry.name.padding(toLength: max(36, entry.name.count + 1), withPad: " ", startingAt: 0)
            print("  \(name)\(entry.shape)")
        }
    }
}
