import Foundation
import Kernels
import Testing

@testable import Autoencoders

/// Every bad configuration is an error that names its field; none is a trap.
@Suite struct ConfigurationErrorTests {
    /// A good configuration in which one piece of text is exchanged for a bad one.
    struct Case: Sendable, CustomTestStringConvertible {
        var replacing: String
        var by: String
        var field: String
        var testDescription: String { "\(replacing.prefix(60)) → \(by.prefix(80))" }

        init(_ replacing: String, _ by: String, _ field: String) {
            (self.replacing, self.by, self.field) = (replacing, by, field)
        }
    }

    static let good = """
        {"family": "vae",
         "input": {"channels": 1, "height": 8, "width": 8},
         "latent_dimension": 2,
         "encoder": [
           {"type": "convolution", "filters": 3, "kernel": 3, "stride": 2, "padding": "same"},
           {"type": "dense", "units": 16, "dropout": 0.1}],
         "decoder": [
           {"type": "dense", "units": 64, "activation": "none"},
           {"type": "reshape", "shape": [4, 4, 4]},
           {"type": "transposed_convolution", "filters": 1, "kernel": 3, "stride": 2, "padding": "same",
            "activation": "none"}],
         "activation": {"type": "leaky_relu", "slope": 0.3},
         "batch_norm": false,
         "dropout": 0,
         "likelihood": {"type": "gaussian", "variance": 1},
         "objective": {"beta": 1, "kl_reduction": "sum"}}
        """

    @Test func theUnchangedOneIsGood() throws { _ = try ModelConfiguration(json: Data(Self.good.utf8)) }

    private static let convolution = #""filters": 3, "kernel": 3, "stride": 2, "padding": "same""#
    private static let max = "9223372036854775807"

    @Test(arguments: [
        // Unknown, missing and null fields.
        Case(#""family": "vae""#, #""familly": "vae""#, "familly"),
        Case(#""channels": 1"#, #""channels": 1, "depth": 8"#, "input.depth"),
        Case(#""filters": 3"#, #""filters": 3, "filter": 3"#, "encoder[0].filter"),
        Case(#""units": 16"#, #""units": 16, "kernel": 3"#, "encoder[1].kernel"),
        Case(#""shape": [4, 4, 4]"#, #""shape": [4, 4, 4], "activation": "relu""#, "decoder[1].activation"),
        Case(#""beta": 1"#, #""beta": 1, "gamma": 1"#, "objective.gamma"),
        Case(#""slope": 0.3"#, #""slop": 0.3"#, "activation.slop"),
        Case(#""variance": 1"#, #""sigma": 1"#, "likelihood.sigma"),
        Case(#""latent_dimension": 2,"#, "", "latent_dimension"),
        Case(#""latent_dimension": 2"#, #""latent_dimension": null"#, "latent_dimension"),
        Case(#", "width": 8"#, "", "input.width"),
        Case(#""units": 16, "#, "", "encoder[1].units"),
        Case(#""type": "dense", "units": 16"#, #""units": 16"#, "encoder[1].type"),
        Case(#""shape": [4, 4, 4]"#, #""shape": null"#, "decoder[1].shape"),
        // Wrong types.
        Case(#""latent_dimension": 2"#, #""latent_dimension": "2""#, "latent_dimension"),
        Case(#""latent_dimension": 2"#, #""latent_dimension": 2.5"#, "latent_dimension"),
        Case(#""latent_dimension": 2"#, #""latent_dimension": true"#, "latent_dimension"),
        Case(#""latent_dimension": 2"#, #""latent_dimension": [2]"#, "latent_dimension"),
        Case(#""latent_dimension": 2"#, #""latent_dimension": 1e999"#, "latent_dimension"),
        Case(#""latent_dimension": 2"#, #""latent_dimension": 99999999999999999999"#, "latent_dimension"),
        Case(#""kernel": 3, "stride": 2, "padding": "same"}"#, #""kernel": [3, 3]}"#, "encoder[0].kernel"),
        Case(#""dropout": 0.1"#, #""dropout": "some""#, "encoder[1].dropout"),
        Case(#""batch_norm": false"#, #""batch_norm": 0"#, "batch_norm"),
        Case(#""shape": [4, 4, 4]"#, #""shape": [4, "4", 4]"#, "decoder[1].shape[1]"),
        Case(#""shape": [4, 4, 4]"#, #""shape": "4x4x4""#, "decoder[1].shape"),
        Case(#"{"channels": 1, "height": 8, "width": 8}"#, "[1, 8, 8]", "input"),
        Case(#"{"beta": 1, "kl_reduction": "sum"}"#, "1", "objective"),
        Case(#"{"type": "dense", "units": 16, "dropout": 0.1}"#, "16", "encoder[1]"),
        // Choices.
        Case(#""family": "vae""#, #""family": "gan""#, "family"),
        Case(#""type": "dense", "units": 16"#, #""type": "linear", "units": 16"#, "encoder[1].type"),
        Case(#""kl_reduction": "sum""#, #""kl_reduction": "total""#, "objective.kl_reduction"),
        Case(convolution, #""filters": 3, "kernel": 3, "stride": 2, "padding": "full""#, "encoder[0].padding"),
        Case(#"{"type": "leaky_relu", "slope": 0.3}"#, #""swish""#, "activation"),
        Case(#"{"type": "leaky_relu", "slope": 0.3}"#, #"{"type": "relu", "slope": 0.3}"#, "activation"),
        Case(#"{"type": "leaky_relu", "slope": 0.3}"#, "7", "activation"),
        Case(#"{"type": "gaussian", "variance": 1}"#, #""poisson""#, "likelihood"),
        // Numbers out of range.
        Case(#""channels": 1"#, #""channels": 0"#, "input.channels"),
        Case(#""height": 8"#, #""height": -8"#, "input.height"),
        Case(#""width": 8"#, #""width": \#(max)"#, "input.width"),
        Case(#""channels": 1, "height": 8, "width": 8"#, #""channels": 1024, "height": 8192, "width": 8192"#, "input"),
        Case(#""latent_dimension": 2"#, #""latent_dimension": 0"#, "latent_dimension"),
        Case(#""latent_dimension": 2"#, #""latent_dimension": -1"#, "latent_dimension"),
        Case(#""latent_dimension": 2"#, #""latent_dimension": \#(max)"#, "latent_dimension"),
        Case(#""filters": 3"#, #""filters": 0"#, "encoder[0].filters"),
        Case(#""filters": 3"#, #""filters": \#(max)"#, "encoder[0].filters"),
        Case(#""filters": 3, "kernel": 3"#, #""filters": 3, "kernel": -3"#, "encoder[0].kernel"),
        Case(#""filters": 3, "kernel": 3"#, #""filters": 3, "kernel": \#(max)"#, "encoder[0].kernel"),
        Case(convolution, #""filters": 3, "kernel": 3, "stride": -1"#, "encoder[0].stride"),
        Case(convolution, #""filters": 3, "kernel": 3, "stride": 0"#, "encoder[0].stride"),
        Case(
            #""filters": 1, "kernel": 3, "stride": 2"#, #""filters": 1, "kernel": 3, "stride": 4"#, "decoder[2].stride"),
        Case(#""units": 16"#, #""units": 0"#, "encoder[1].units"),
        Case(#""units": 16"#, #""units": \#(max)"#, "encoder[1].units"),
        Case(#""units": 16"#, #""units": 67108864"#, "encoder[1]"),
        Case(#""units": 16"#, #""units": 6000000"#, "encoder"),
        Case(#""dropout": 0.1"#, #""dropout": 1"#, "encoder[1].dropout"),
        Case(#""dropout": 0.1"#, #""dropout": -0.1"#, "encoder[1].dropout"),
        Case(#""dropout": 0,"#, #""dropout": 1,"#, "dropout"),
        Case(#""dropout": 0,"#, #""dropout": -1,"#, "dropout"),
        Case(#""slope": 0.3"#, #""slope": 0"#, "activation.slope"),
        Case(#""slope": 0.3"#, #""slope": 1.5"#, "activation.slope"),
        Case(#""slope": 0.3"#, #""slope": 1e999"#, "activation.slope"),
        Case(
            #""units": 16"#, #""units": 16, "activation": {"type": "leaky_relu", "slope": -1}"#,
            "encoder[1].activation.slope"),
        Case(#""variance": 1"#, #""variance": 0"#, "likelihood.variance"),
        Case(#""variance": 1"#, #""variance": -1"#, "likelihood.variance"),
        Case(#""variance": 1"#, #""variance": 1e300"#, "likelihood.variance"),
        Case(#""beta": 1"#, #""beta": -1"#, "objective.beta"),
        Case(#""beta": 1"#, #""beta": 1e999"#, "objective.beta"),
        Case(#""beta": 1"#, #""beta": NaN"#, "configuration"),
        // Shapes that do not fit.
        Case(#""shape": [4, 4, 4]"#, #""shape": [4, 4]"#, "decoder[1].shape"),
        Case(#""shape": [4, 4, 4]"#, #""shape": [4, 4, 5]"#, "decoder[1].shape"),
        Case(#""shape": [4, 4, 4]"#, #""shape": [-4, -4, 4]"#, "decoder[1].shape"),
        Case(#""shape": [4, 4, 4]"#, #""shape": [\#(max), \#(max), \#(max)]"#, "decoder[1].shape"),
        Case(#""units": 64"#, #""units": 63"#, "decoder[1].shape"),
        Case(#""filters": 1, "kernel": 3, "stride": 2"#, #""filters": 2, "kernel": 3, "stride": 2"#, "decoder"),
        Case(#""filters": 1, "kernel": 3, "stride": 2"#, #""filters": 1, "kernel": 3, "stride": 1"#, "decoder"),
        Case(convolution, #""filters": 3, "kernel": 9, "padding": "valid""#, "encoder[0]"),
        Case(
            convolution,
            #""filters": 3, "kernel": 3, "padding": {"top": -1, "left": 0, "bottom": 0, "right": 0}"#, "encoder[0]"),
        Case(
            convolution,
            #""filters": 3, "kernel": 3, "padding": {"top": \#(max), "left": 0, "bottom": \#(max), "right": 0}"#,
            "encoder[0]"),
        Case(
            convolution, #""filters": 3, "kernel": 3, "padding": {"top": 1, "left": 1, "bottom": 1}"#,
            "encoder[0].padding.right"),
        Case(
            convolution,
            #""filters": 3, "kernel": 3, "padding": {"top": 1, "left": 1, "bottom": 1, "right": 1, "up": 1}"#,
            "encoder[0].padding.up"),
        Case(
            #""stride": 2, "padding": "same",\#n    "activation": "none""#,
            #""padding": {"top": \#(max), "left": \#(max), "bottom": \#(max), "right": \#(max)}"#, "decoder[2]"),
        // Not a configuration at all.
        Case(good, "", "configuration"),
        Case(good, "[]", "configuration"),
        Case(good, "null", "configuration"),
        Case(good, "{", "configuration"),
        Case(good, #"{"input": "#, "configuration"),
    ])
    func namesTheField(_ bad: Case) throws {
        let json = try bad.json()
        let error = #expect(throws: ConfigurationError.self) { try ModelConfiguration(json: Data(json.utf8)) }
        #expect(error?.field == bad.field, "\(error?.description ?? "")")
    }

    @Test func tooManyLayersAreRefusedBeforeTheyAreBuilt() throws {
        var configuration = try ModelConfiguration(json: Data(Self.good.utf8))
        configuration.encoder = Array(repeating: LayerConfiguration(.dense(units: 4)), count: 300)
        let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
        #expect(error == ConfigurationError(field: "encoder", actual: "300 layers", expected: "at most 256"))
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func numbersThatJSONCannotSayAreRefusedToo(number: Float) throws {
        let good = try ModelConfiguration(json: Data(Self.good.utf8))
        let changes: [(String, (inout ModelConfiguration) -> Void)] = [
            ("objective.beta", { $0.objective.beta = number }),
            ("likelihood.variance", { $0.likelihood = .gaussian(variance: number) }),
            ("encoder[1].dropout", { $0.encoder[1].dropout = number }),
            ("dropout", { $0.dropout = number }),
            ("activation.slope", { $0.activation = .leakyReLU(slope: number) }),
        ]
        for (field, change) in changes {
            var configuration = good
            change(&configuration)
            let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
            #expect(error?.field == field)
        }
    }

    /// 100,000 brackets: the parser's depth limit, not our stack.
    @Test func deepNestingIsAnError() {
        let json = #"{"input": "# + String(repeating: "[", count: 100_000)
        #expect(throws: ConfigurationError.self) { try ModelConfiguration(json: Data(json.utf8)) }
    }

    @Test func theMessageSaysWhatWouldBeRight() throws {
        let json = try Case(#""filters": 3"#, #""filters": 0"#, "").json()
        let error = #expect(throws: ConfigurationError.self) { try ModelConfiguration(json: Data(json.utf8)) }
        #expect(error?.description == "'encoder[0].filters' is 0; expected 1 to 65536.")
    }
}

extension ConfigurationErrorTests.Case {
    private struct NothingToReplace: Error {}

    fileprivate func json() throws -> String {
        guard let range = ConfigurationErrorTests.good.range(of: replacing) else { throw NothingToReplace() }
        return ConfigurationErrorTests.good.replacingCharacters(in: range, with: by)
    }
}
