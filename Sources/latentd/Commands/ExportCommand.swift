import ArgumentParser
import Autoencoders
import Checkpoints
import Foundation

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a model's weights as PyTorch's load_state_dict takes them.",
        discussion: """
            Everything is read and checked first. deploy/clients/latentd_torch.py builds the module that the weights go \
            into from the configuration; no name has to be changed.

            EXAMPLES
              latentd export mnist-2d --output mnist-2d.safetensors --config-output mnist-2d.json
              latentd export mine/3 --models-dir models --output mine.safetensors
            """)

    @Argument(help: "The model, as NAME (its newest version) or NAME/VERSION.")
    var model: String

    @Option(
        parsing: .singleValue, help: "Folder of models; may be repeated (default: those that the daemon would serve).")
    var modelsDir: [String] = []

    @Option(help: "The file for the weights (safetensors, F32).")
    var output: String

    @Option(help: "A file for the configuration (JSON).")
    var configOutput: String?

    @Flag(help: "Replace files that are there already.")
    var force = false

    func run() throws {
        let (version, folder) = try ModelVersion(model).found(in: try roots())
        let (configuration, parameters) = try folder.model()
        let label = "\(try ModelVersion(model).name)/\(version)"
        let weights = try CheckpointFolder.weights(parameters, metadata: ["latentd_model": label])
        let targets = [output] + (configOutput.map { [$0] } ?? [])
        for target in targets where !force && FileManager.default.fileExists(atPath: target) {
            throw OutputExists(path: target)
        }
        try write(weights, to: output)
        if let configOutput { try write(try CheckpointFolder.configuration(configuration), to: configOutput) }
        print("\(label): \(parameters.layout.entries.count) tensors, \(parameters.layout.trainableCount) parameters")
    }

    private func roots() throws -> [String] {
        guard modelsDir.isEmpty else { return modelsDir }
        let folders = SettingsFolders.current(try Settings.load(file: nil, flags: []).paths)
        return [folders.models.path, JobWork.models(folders).path]
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let url = URL(fileURLWithPath: path)
        try DurableFile.write(bytes, to: url.lastPathComponent, in: url.deletingLastPathComponent().path)
    }
}

/// A file that would be overwritten.
struct OutputExists: Error, CustomStringConvertible {
    let path: String
    var description: String { "'\(path)' is there already; --force replaces it." }
}
