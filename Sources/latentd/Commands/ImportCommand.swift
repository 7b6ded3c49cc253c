import ArgumentParser
import Autoencoders
import Checkpoints
import Foundation

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Publishes a PyTorch model's weights as a version of a model.",
        discussion: """
            The weights are a state dict, saved as safetensors with the names and shapes that --dry-run lists. All of them are \
            held against the configuration, then the model is loaded, run once and published as the next version.

            EXAMPLES
              latentd import --weights vae.safetensors --config config.json --name mine --dry-run
              latentd import --weights vae.safetensors --config config.json --name mine

            Names as of PyTorch's users, and PyTorch's epsilon of batch norm: \
            --in-order --map fc_mu=mean --map fc_var=log_variance --batch-norm-epsilon 1e-5
            """)

    @Option(help: "The state dict (safetensors; F32, F64, F16 or BF16).")
    var weights: String

    @Option(help: "The model's configuration (JSON), as config.json of any checkpoint.")
    var config: String

    @Option(help: "The model's name: 1 to 64 of a-z, 0-9, '.', '_' and '-'.")
    var name: String

    @Option(help: "Folder of models to publish in (default: the state's, where training jobs publish).")
    var modelsDir: String?

    @Option(help: "The version's number, above all that there are (default: the next one).")
    var version: Int?

    @Option(
        name: .customLong("map"), parsing: .singleValue,
        help: ArgumentHelp(
            "Another name for what begins with FROM, by whole components; may be repeated.", valueName: "from=to"))
    var rules: [String] = []

    @Flag(help: "Take the numbered modules of encoder and decoder as the layers in their order.")
    var inOrder = false

    @Option(help: "Batch norm's epsilon in the source; PyTorch's default is 1e-5.")
    var batchNormEpsilon = ModelConfiguration.batchNormEpsilon

    @Flag(help: "Print the table of tensors and publish nothing.")
    var dryRun = false

    func validate() throws {
        guard batchNormEpsilon > 0, batchNormEpsilon < 1 else {
            throw ValidationError("--batch-norm-epsilon is \(batchNormEpsilon); expected more than 0, below 1.")
        }
    }

    func run() throws {
        guard TrainingSpecification.isUsable(name: name) else { throw RepositoryError.unusableName(name) }
        let configuration = try ModelConfiguration(
            json: Data(try UserFile.read(config, limit: CheckpointFolder.configurationLimit)))
        let dict = try StateDict(
            path: weights, configuration: configuration, names: try TensorNames(rules: rules, inOrder: inOrder))
        if dryRun { print(TensorTable(rows: dict.rows).text) }
        let parameters = try dict.parameters().adapted(fromBatchNormEpsilon: batchNormEpsilon)
        guard !dryRun else { return }

        let settings = try Settings.load(file: nil, flags: [])
        let machine = try Compute(settings.compute)
        let repository = ModelRepository(
            bundled: [], writable: modelsDir ?? JobWork.models(.current(settings.paths)).path, pool: machine.pool,
            backend: machine.backend)
        let model = try repository.publish(
            Checkpoint(configuration: configuration, parameters: parameters), as: name, version: version)
        print("\(model.name)/\(model.version): \(parameters.layout.trainableCount) parameters")
        let zeros = dict.rows.filter(\.isZero).map { "'\($0.name.onOneLine)'" }
        if !zeros.isEmpty { print("The weights have no \(zeros.joined(separator: ", ")); 0 stands for them.") }
    }
}
