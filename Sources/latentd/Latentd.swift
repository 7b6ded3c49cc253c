import ArgumentParser
import Foundation

/// The program's version, which checkpoints and `--version` carry.
let programVersion = "0.1.0"

@main
struct Latentd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latentd",
        abstract: "Hosts trained autoencoders over HTTP and trains new ones.",
        discussion: """
            EXAMPLES
              latentd serve
              latentd train --preset mnist-2d --dataset mnist --epochs 60 --output runs/mnist-2d
              latentd jobs submit --preset mnist-2d --dataset mnist --epochs 20 --follow
              latentd evaluate runs/mnist-2d --dataset mnist
              latentd inspect runs/mnist-2d
              latentd import --weights vae.safetensors --config config.json --name mine
              latentd dataset fetch mnist
            """,
        version: programVersion,
        subcommands: [
            ServeCommand.self, JobsCommand.self, TrainCommand.self, EvaluateCommand.self, InspectCommand.self,
            ImportCommand.self,
            ExportCommand.self, DatasetCommand.self, TokenCommand.self, BenchCommand.self,
        ])
}

/// Writes one line to standard error.
func report(_ line: String) { show(line + "\n") }

/// Writes to standard error. A full disk or a reader that has gone is no reason to give up the work.
func show(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
