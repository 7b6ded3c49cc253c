import ArgumentParser
import Autoencoders
import Foundation
import Training

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures how fast this machine computes.", subcommands: [Train.self])

    struct Train: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Training steps, in images a second.")

        @Option(help: "A preset's name.")
        var preset = "mnist-2d"
        @Option(help: "Images a step.")
        var batch = 128
        @Option(help: "Repetitions, of which the median counts.")
        var repetitions = 5
        @Option(help: "Seconds a repetition.")
        var seconds = 1.0
        @Flag(help: "Print one JSON object.")
        var json = false
        @OptionGroup(title: "Machine") var compute: ComputeOptions

        func validate() throws {
            guard (1...65_536).contains(batch) else {
                throw ValidationError("--batch is \(batch); expected 1 to 65536.")
            }
            guard (1...1000).contains(repetitions) else {
                throw ValidationError("--repetitions is \(repetitions); expected 1 to 1000.")
            }
            guard seconds > 0, seconds <= 3600 else {
                throw ValidationError("--seconds is \(seconds); expected more than 0, up to 3600.")
            }
        }

        func run() throws {
            guard let configuration = ModelConfiguration.preset(preset) else {
                throw ValidationError("There is no preset '\(preset)'.")
            }
            let machine = try Compute(try compute.settings().compute)
            let rates = try StepBenchmark.train(
                configuration, batchSize: batch, repetitions: repetitions, seconds: seconds, pool: machine.pool,
                backend: machine.backend
            ).sorted()
            let median = rates[rates.count / 2]
            if json {
                let fields: [String: Any] = [
                    "what": "train", "preset": preset, "batch": batch, "threads": machine.pool.workerCount,
                    "backend": machine.backend.name, "images_per_second": median, "lowest": rates[0],
                    "highest": rates[rates.count - 1],
                ]
                let line = try JSONSerialization.data(withJSONObject: fields, options: .sortedKeys)
                print(String(decoding: line, as: UTF8.self))
            } else {
                print(
                    "train \(preset), batch \(batch), \(machine.pool.workerCount) threads, \(machine.backend.name): "
                        + "\(Int(median)) images/s (\(Int(rates[0]))-\(Int(rates[rates.count - 1])))")
            }
        }
    }
}
