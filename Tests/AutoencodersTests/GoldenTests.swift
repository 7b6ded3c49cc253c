import Kernels
import Tensors
import Testing

@testable import Autoencoders

/// Losses, gradients and ten Adam steps against PyTorch's numbers, on every backend that is built in.
///
/// Tolerances are the fixture's own: twenty times the difference between PyTorch in float32 and in float64.
@Suite struct GoldenTests {
    @Test(arguments: GoldenFile.names, BackendChoice.available)
    func onePassEqualsPyTorch(name: String, choice: BackendChoice) throws {
        let golden = try GoldenFile(name)
        let configuration = golden.configuration
        var parameters = try golden.parameters("parameter")
        let images = try golden.tensor("input/images")
        let plan = try VariationalPlan(
            configuration, layout: parameters.layout, images: images.rows, backend: choice.makeForThisThread(),
            training: true)
        let pass = try plan.train(
            configuration, parameters: &parameters, pixels: VariationalPlan.pixels(images, configuration.input),
            epsilon: golden.values("input/epsilon"),
            TrainingStep(totalImages: images.rows, seed: 0, step: 0, firstImage: 0))

        let tolerance = try golden.tolerance("output")
        #expect(try largestDifference(pass.mean, golden.values("output/mean")) <= tolerance)
        #expect(try largestDifference(pass.logVariance, golden.values("output/log_variance")) <= tolerance)
        #expect(try largestDifference(pass.latents, golden.values("output/z")) <= tolerance)
        #expect(try largestDifference(pass.logits, golden.values("output/logits")) <= tolerance)
        try expectLosses(pass, golden, "output/") { $0[0] }

        let gradientTolerance = try golden.tolerance("gradient")
        for entry in parameters.layout.entries where entry.trainable {
            let gradient = pass.gradients[entry.offset..<entry.offset + entry.count]
            let expected = try golden.values("gradient/\(entry.name)")
            #expect(largestDifference(gradient, expected) <= gradientTolerance, "\(entry.name)")
        }
    }

    @Test(arguments: GoldenFile.names, BackendChoice.available)
    func tenAdamStepsEqualPyTorch(name: String, choice: BackendChoice) throws {
        let golden = try GoldenFile(name)
        let configuration = golden.configuration
        var parameters = try golden.parameters("parameter")
        let layout = parameters.layout
        let images = try golden.tensor("input/images")
        let pixels = VariationalPlan.pixels(images, configuration.input)
        let stepEpsilon = try golden.tensor("input/step_epsilon")
        let plan = try VariationalPlan(
            configuration, layout: layout, images: images.rows, backend: choice.makeForThisThread(), training: true)
        var first = [Float](repeating: 0, count: layout.count)
        var second = first
        for index in 0..<10 {
            let step = TrainingStep(totalImages: images.rows, seed: 0, step: index, firstImage: 0)
            let pass = try plan.train(
                configuration, parameters: &parameters, pixels: pixels, epsilon: Array(stepEpsilon.row(index)), step)
            try expectLosses(pass, golden, "step/") { $0[index] }
            Adam().update(
                &parameters.values, gradient: pass.gradients, firstMoment: &first, secondMoment: &second,
                range: 0..<layout.trainableCount, learningRate: 1e-3, step: index + 1)
        }
        for entry in layout.entries where !hasNullGradient(entry, layout) {
            let tolerance = try golden.tolerance(entry.trainable ? "final" : "final_running")
            let expected = try golden.values("final/\(entry.name)")
            #expect(largestDifference(parameters[entry], expected) <= tolerance, "\(entry.name)")
        }
    }

    /// The model after the ten steps, at inference: running statistics, one image at a time, on a pool.
    @Test(arguments: GoldenFile.names, BackendChoice.available)
    func inferenceEqualsPyTorch(name: String, choice: BackendChoice) throws {
        let golden = try GoldenFile(name)
        let configuration = golden.configuration
        let parameters = try golden.parameters("final")
        let images = try golden.tensor("input/images")
        let tolerance = try golden.tolerance("evaluation")

        let plan = try VariationalPlan(
            configuration, layout: parameters.layout, images: images.rows, backend: choice.makeForThisThread(),
            training: false)
        try plan.load(parameters.values)
        try plan.evaluate(
            VariationalPlan.pixels(images, configuration.input), epsilon: golden.values("input/epsilon"))
        let pass = plan.result(configuration)
        #expect(try largestDifference(pass.logits, golden.values("evaluation/logits")) <= tolerance)
        try expectLosses(pass, golden, "evaluation/") { $0[0] }

        let backend = try choice.make()
        let pool = KernelPool(workers: 2, prepareThread: backend.prepareThread)
        let model = try Autoencoder(configuration: configuration, parameters: parameters, pool: pool, backend: backend)
        let encoding = try model.encode(images)
        #expect(try largestDifference(encoding.mean.values, golden.values("evaluation/mean")) <= tolerance)
        #expect(
            try largestDifference(encoding.logVariance.values, golden.values("evaluation/log_variance")) <= tolerance)
        var expected = try golden.values("evaluation/logits")
        configuration.likelihood.mean(&expected, count: expected.count)
        let latents = try Tensor(shape: encoding.mean.shape, values: golden.values("evaluation/z"))
        #expect(try largestDifference(model.decode(latents).values, expected) <= tolerance)
    }

    private func expectLosses(
        _ pass: TrainingPass, _ golden: GoldenFile, _ prefix: String, _ pick: ([Float]) throws -> Float
    ) throws {
        let tolerance = Double(try golden.tolerance("loss"))
        for (name, actual) in [
            ("reconstruction", pass.reconstruction), ("kl", pass.divergence), ("objective", pass.objective),
        ] {
            let expected = Double(try pick(try golden.values(prefix + name)))
            #expect(abs(actual - expected) <= tolerance, "\(prefix)\(name)")
        }
    }

    /// A bias that batch norm takes away again: its gradient is rounding only, and Adam makes full steps out of that.
    private func hasNullGradient(_ entry: ParameterLayout.Entry, _ layout: ParameterLayout) -> Bool {
        guard entry.name.hasSuffix(".bias") else { return false }
        return layout.entry(entry.name.dropLast(5) + ".batch_norm.weight") != nil
    }
}
