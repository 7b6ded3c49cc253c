import ArgumentParser
import Autoencoders
import Foundation
import Kernels

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures how fast this machine trains, encodes and decodes.",
        discussion: """
            Prints images a second, the median of the repetitions, for each combination, and which share of the \
            machine's peak that is: the most that large matrix products reached in the same run.

            EXAMPLES
              latentd bench
              latentd bench train --batch-sizes 128 --threads 2 --json
              latentd bench decode --model model.json --batch-sizes 1 --threads 1
            """)

    @Argument(help: "What to measure: \(Self.works.joined(separator: ", ")).")
    var work = "all"

    @Option(help: "A configuration that comes with the program: \(Self.presets) (default: mnist-2d).")
    var preset: String?

    @Option(help: "A file with a model configuration (JSON), instead of a preset.")
    var model: String?

    @Option(help: "Images at once: whole numbers from 1 to \(Self.largestBatch), with commas between them.")
    var batchSizes = "1,16,128"

    @Option(help: "Threads that compute, with commas between the numbers (default: 1 and one a core).")
    var threads: String?

    @Option(help: "Seconds a repetition.")
    var seconds = 0.5

    @Option(help: "Repetitions, of which the median counts.")
    var repetitions = 5

    @Option(help: "Library that computes: \(BackendChoice.allCases.map(\.rawValue).joined(separator: ", ")).")
    var backend: String?

    @Flag(help: "Print one JSON document.")
    var json = false

    private static let works = ModelWork.allCases.map(\.rawValue) + ["all"]
    private static let presets = ModelConfiguration.presetNames.joined(separator: ", ")
    private static let largestBatch = 65_536
    private static let mostThreads = 1024

    func validate() throws {
        guard Self.works.contains(work) else {
            throw ValidationError("'\(work)' cannot be measured; expected \(Self.works.joined(separator: ", ")).")
        }
        guard preset == nil || model == nil else { throw ValidationError("Give either --preset or --model.") }
        if let preset, ModelConfiguration.preset(preset) == nil {
            throw ValidationError("There is no preset '\(preset)'; there are \(Self.presets).")
        }
        _ = try Self.numbers("--batch-sizes", batchSizes, upTo: Self.largestBatch)
        if let threads { _ = try Self.numbers("--threads", threads, upTo: Self.mostThreads) }
        guard seconds > 0, seconds <= 3600 else {
            throw ValidationError("--seconds is \(seconds); expected more than 0, up to 3600.")
        }
        guard (1...1000).contains(repetitions) else {
            throw ValidationError("--repetitions is \(repetitions); expected 1 to 1000.")
        }
        if let backend, BackendChoice(rawValue: backend) == nil {
            let known = BackendChoice.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--backend is '\(backend)'; expected one of \(known).")
        }
    }

    func run() throws {
        let showsProgress = isatty(STDERR_FILENO) == 1
        let report = try benchmark().run { description in
            if showsProgress { show("\r\u{1B}[2K\(description)") }
        }
        if showsProgress { show("\r\u{1B}[2K") }
        print(json ? try report.json() : report.table())
    }

    /// What these options ask for.
    func benchmark(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> Benchmark {
        let flags = backend.map { [Settings.Flag(name: "--backend", key: "compute.backend", text: .one($0))] }
        let settings = try Settings.load(flags: flags ?? [], environment: environment).compute
        let (name, configuration) = try measuredModel()
        return Benchmark(
            name: name, configuration: configuration,
            works: ModelWork(rawValue: work).map { [$0] } ?? ModelWork.allCases,
            batchSizes: try Self.numbers("--batch-sizes", batchSizes, upTo: Self.largestBatch),
            threads: try numbersOfThreads(settings.threads), seconds: seconds, repetitions: repetitions,
            backend: try settings.backend.make())
    }

    private func measuredModel() throws -> (name: String, configuration: ModelConfiguration) {
        if let model {
            guard let content = try? Data(contentsOf: URL(fileURLWithPath: model)) else {
                throw ValidationError("The file '\(model)' cannot be read.")
            }
            return (model, try ModelConfiguration(json: content))
        }
        let name = preset ?? "mnist-2d"
        guard let configuration = ModelConfiguration.preset(name) else {
            throw ValidationError("There is no preset '\(name)'; there are \(Self.presets).")
        }
        return (name, configuration)
    }

    /// - Parameter setting: the settings' number of threads, 0 where it is left to the program.
    private func numbersOfThreads(_ setting: Int) throws -> [Int] {
        if let threads { return try Self.numbers("--threads", threads, upTo: Self.mostThreads) }
        if setting > 0 { return [setting] }
        let cores = KernelPool.availableProcessors
        return cores == 1 ? [1] : [1, cores]
    }

    /// Whole numbers with commas between them, each from 1 and once.
    private static func numbers(_ flag: String, _ text: String, upTo limit: Int) throws -> [Int] {
        var numbers: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let part = part.trimmingCharacters(in: .whitespaces)
            guard let number = Int(part), (1...limit).contains(number) else {
                throw ValidationError("\(flag) holds '\(part)'; expected whole numbers from 1 to \(limit).")
            }
            guard !numbers.contains(number) else { throw ValidationError("\(flag) names \(number) twice.") }
            numbers.append(number)
        }
        return numbers
    }
}
