import ArgumentParser
import Autoencoders

/// What is trained, and on what.
struct RunOptions: ParsableArguments {
    @Option(
        help: "A configuration that comes with the program: \(ModelConfiguration.presetNames.joined(separator: ", ")).")
    var preset: String?

    @Option(help: "A file with a model configuration (JSON), instead of a preset.")
    var model: String?

    @Option(help: "The dataset's name.")
    var dataset: String?

    @Option(help: "The model's name (default: the preset's).")
    var name: String?

    /// Whether nothing is said.
    var isEmpty: Bool { [preset, model, dataset, name].allSatisfy { $0 == nil } }

    /// Refuses what says too little, or two things at once.
    ///
    /// - Parameter otherwise: what could be given instead.
    func check(otherwise: String = "") throws {
        guard dataset != nil else { throw ValidationError("Name a dataset, e.g. --dataset mnist\(otherwise).") }
        guard (preset == nil) != (model == nil) else { throw ValidationError("Give either --preset or --model.") }
    }
}
