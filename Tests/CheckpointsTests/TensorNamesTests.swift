import Autoencoders
import Tensors
import Testing

@testable import Checkpoints

@Suite struct TensorNamesTests {
    private let layout: ParameterLayout

    init() throws {
        var configuration = Samples.configuration
        configuration.encoder = [
            LayerConfiguration(.convolution(filters: 3, kernel: 3, stride: 2, padding: .same), batchNorm: true),
            LayerConfiguration(.dense(units: 5)),
        ]
        layout = try ParameterLayout(configuration)
    }

    private func applied(_ names: TensorNames, _ sources: [String]) throws -> [String] {
        try names.applied(to: sources, of: "w", layout: layout).map(\.name)
    }

    @Test func theLongestBeginningOfWholeComponentsCounts() throws {
        let names = try TensorNames(rules: ["fc=mean", "fc.var=log_variance", "model.encoder=encoder"])
        let sources = ["fc.weight", "fc.var.bias", "fcx.weight", "model.encoder.0.bias", "fc", "a.num_batches_tracked"]
        #expect(
            try applied(names, sources) == ["mean.weight", "log_variance.bias", "fcx.weight", "encoder.0.bias", "mean"])
    }

    @Test func aSequentialIsNumberedByItsModulesWithTensors() throws {
        let sources = [
            "decoder.0.weight", "encoder.10.weight", "encoder.2.running_mean", "encoder.2.weight", "encoder.0.weight",
            "mean.weight",
        ]
        #expect(
            try applied(TensorNames(rules: [], inOrder: true), sources) == [
                "decoder.0.weight", "encoder.1.weight", "encoder.0.batch_norm.running_mean",
                "encoder.0.batch_norm.weight", "encoder.0.weight", "mean.weight",
            ])
    }

    @Test func whatHasNoOrderIsRefused() throws {
        let inOrder = try TensorNames(rules: [], inOrder: true)
        #expect(throws: StateDictError.unnumbered(file: "w", module: "encoder.conv")) {
            try applied(inOrder, ["encoder.conv.weight", "decoder.0.weight"])
        }
        #expect(
            throws: StateDictError.moduleCount(
                file: "w", part: "encoder", actual: ["encoder.4"],
                expected: ["encoder.0", "encoder.0.batch_norm", "encoder.1"])
        ) { try applied(inOrder, ["encoder.4.weight", "decoder.0.weight"]) }
    }

    @Test(arguments: ["", "a", "a=", "=a", "a=b=c", "a..b=c", ".a=b", "a=b."])
    func aRuleThatIsNoneIsRefused(rule: String) {
        #expect(throws: StateDictError.rule(rule)) { try TensorNames(rules: [rule]) }
    }

    @Test func twoNamesCannotBecomeOne() throws {
        let folder = try TemporaryFolder()
        var content = SafetensorsContent()
        for name in ["mu.bias", "mean.bias"] { try content.add(name, try Tensor(shape: [2], values: [0, 0])) }
        try folder.write(content.bytes(), to: "w")
        let dict = try StateDict(
            path: "\(folder.path)/w", configuration: Samples.configuration, names: try TensorNames(rules: ["mu=mean"]))
        let row = try #require(dict.rows.first { $0.name == "mean.bias" })
        #expect(row.complaint == "'mean.bias' would be both 'mean.bias' and 'mu.bias'")
    }

    @Test func anotherEpsilonIsTakenUpByTheWeights() throws {
        var parameters = Parameters(initialising: layout, seed: 1)
        let (scale, variance) = (
            try #require(layout.entry("encoder.0.batch_norm.weight")),
            try #require(layout.entry("encoder.0.batch_norm.running_var"))
        )
        parameters[variance] = [0, 0.25, 4]
        let adapted = parameters.adapted(fromBatchNormEpsilon: 1e-5)
        for (index, value) in [Float(0), 0.25, 4].enumerated() {
            let ours = adapted[scale][scale.offset + index] / (value + 1e-3).squareRoot()
            #expect(abs(ours * (value + 1e-5).squareRoot() - 1) < 1e-6)
        }
        #expect(parameters.adapted(fromBatchNormEpsilon: 1e-3) == parameters)
    }
}
