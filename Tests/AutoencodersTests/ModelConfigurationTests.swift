import Foundation
import Kernels
import Testing

@testable import Autoencoders

@Suite struct ModelConfigurationTests {
    @Test(arguments: ModelConfiguration.presetNames)
    func presetsRoundTripThroughJSON(name: String) throws {
        let preset = try #require(ModelConfiguration.preset(name))
        #expect(try ModelConfiguration(json: preset.json()) == preset)
    }

    @Test func anUnknownPresetIsNil() { #expect(ModelConfiguration.preset("mnist-3d") == nil) }

    /// The thesis' model: 105,220 parameters in the encoder and its heads, 102,017 in the decoder.
    @Test func mnist2DHas207237Parameters() throws {
        let layout = try ParameterLayout(try #require(ModelConfiguration.preset("mnist-2d")))
        #expect(layout.trainableCount == 207_237)
        #expect(layout.count == 207_237)
        let decoder = layout.entries.filter { $0.name.hasPrefix("decoder.") }.reduce(0) { $0 + $1.count }
        #expect(decoder == 102_017)
        #expect(layout.count - decoder == 105_220)
    }

    @Test func parametersAreNamedAsInPyTorch() throws {
        let layout = try ParameterLayout(try #require(ModelConfiguration.preset("mnist-2d")))
        #expect(
            layout.entries.map { "\($0.name) \($0.shape)" } == [
                "encoder.0.weight 32x1x3x3", "encoder.0.bias 32", "encoder.1.weight 64x32x3x3", "encoder.1.bias 64",
                "encoder.2.weight 64x64x3x3", "encoder.2.bias 64", "encoder.3.weight 64x64x3x3", "encoder.3.bias 64",
                "mean.weight 2x3136", "mean.bias 2", "log_variance.weight 2x3136", "log_variance.bias 2",
                "decoder.0.weight 3136x2", "decoder.0.bias 3136", "decoder.2.weight 64x64x3x3", "decoder.2.bias 64",
                "decoder.3.weight 64x64x3x3", "decoder.3.bias 64", "decoder.4.weight 64x32x3x3", "decoder.4.bias 32",
                "decoder.5.weight 32x1x3x3", "decoder.5.bias 1",
            ])
    }

    /// Offsets are gapless, trainable ones first; batch norm's running statistics follow.
    @Test(arguments: ModelConfiguration.presetNames)
    func layoutHasNoGaps(name: String) throws {
        let layout = try ParameterLayout(try #require(ModelConfiguration.preset(name)))
        var offset = 0
        for entry in layout.entries {
            #expect(entry.offset == offset)
            #expect(entry.count == (try entry.shape.elementCount()))
            #expect(entry.trainable == (offset < layout.trainableCount))
            offset += entry.count
        }
        #expect(offset == layout.count)
        #expect(Set(layout.entries.map(\.name)).count == layout.entries.count)
    }

    @Test func batchNormFollowsItsLayer() throws {
        let layout = try ParameterLayout(try #require(ModelConfiguration.preset("rgb-200d")))
        let names = layout.entries.map(\.name)
        #expect(
            names.prefix(4) == [
                "encoder.0.weight", "encoder.0.bias", "encoder.0.batch_norm.weight", "encoder.0.batch_norm.bias",
            ])
        #expect(layout.entry("encoder.0.batch_norm.running_var")?.trainable == false)
        // Linear layers get none: neither the heads nor the decoder's first and last.
        for name in ["decoder.0", "decoder.5", "mean", "log_variance"] {
            #expect(!names.contains("\(name).batch_norm.weight"))
        }
        #expect(names.contains("decoder.4.batch_norm.weight"))
    }

    @Test func initialisationIsGlorotAndSeeded() throws {
        let layout = try ParameterLayout(try #require(ModelConfiguration.preset("rgb-200d")))
        let parameters = Parameters(initialising: layout, seed: 1)
        #expect(parameters == Parameters(initialising: layout, seed: 1))
        #expect(parameters != Parameters(initialising: layout, seed: 2))
        let kernel = parameters[try #require(layout.entry("encoder.1.weight"))]
        let limit = (6 / Float((32 + 64) * 9)).squareRoot()
        #expect(kernel.allSatisfy { abs($0) <= limit })
        #expect((kernel.max() ?? 0) > 0.99 * limit && (kernel.min() ?? 0) < -0.99 * limit)
        for (name, value) in [
            ("encoder.1.bias", Float(0)), ("encoder.0.batch_norm.weight", 1), ("encoder.0.batch_norm.bias", 0),
            ("encoder.0.batch_norm.running_mean", 0), ("encoder.0.batch_norm.running_var", 1),
        ] {
            #expect(parameters[try #require(layout.entry(name))].allSatisfy { $0 == value }, "\(name)")
        }
    }

    @Test func defaultsAreFilledIn() throws {
        let json = """
            {"input": {"channels": 1, "height": 2, "width": 2}, "latent_dimension": 1, "encoder": [],
             "decoder": [{"type": "dense", "units": 4}, {"type": "reshape", "shape": [1, 2, 2]}]}
            """
        let configuration = try ModelConfiguration(json: Data(json.utf8))
        #expect(configuration.activation == .leakyReLU(slope: 0.3))
        #expect(configuration.likelihood == .bernoulli)
        #expect(configuration.objective == Objective(beta: 1, klReduction: .sum))
        #expect(!configuration.batchNorm && configuration.dropout == 0)
    }

    @Test(arguments: [
        (Objective(beta: 1), 2, Float(1)), (Objective(beta: 1, klReduction: .mean), 2, 0.5),
        (Objective(beta: 4, klReduction: .mean), 200, 0.02), (Objective(beta: 0), 2, 0),
    ])
    func meanReductionDividesByTheDimensions(objective: Objective, latentDimension: Int, weight: Float) {
        #expect(objective.divergenceWeight(latentDimension: latentDimension) == weight)
    }
}
