import Kernels
import Tensors
import Testing

@testable import Autoencoders

/// A batch gives the same gradients whole or split over plans and workers.
@Suite struct ShardTests {
    /// Three small networks; the second couples its images through batch norm, and drops out.
    static func configuration(_ name: String) throws -> ModelConfiguration {
        var configuration = try GoldenFile(name).configuration
        configuration.dropout = 0.25
        return configuration
    }

    @Test(arguments: ["small_vae", "mlp_vae"], BackendChoice.available)
    func twoPlansAddUpToOne(name: String, choice: BackendChoice) throws {
        let problem = try Problem(Self.configuration(name), images: 5)
        let backend = try choice.makeForThisThread()
        let whole = try problem.train(0..<5, backend: backend)
        let first = try problem.train(0..<2, backend: backend)
        let second = try problem.train(2..<5, backend: backend)
        let sum = zip(first.pass.gradients, second.pass.gradients).map(+)
        #expect(largestDifference(sum, whole.pass.gradients) <= problem.tolerance(whole))
        #expect(largestDifference(first.pass.logits + second.pass.logits, whole.pass.logits) <= 1e-5)
    }

    @Test(arguments: BackendChoice.available)
    func batchNormOverTwoWorkersEqualsOne(choice: BackendChoice) throws {
        let problem = try Problem(Self.configuration("batch_norm_vae"), images: 5)
        #expect(problem.configuration.couplesImages)
        let whole = try problem.train(0..<5, backend: choice.makeForThisThread())
        let backend = try choice.make()
        let pool = KernelPool(workers: 2, prepareThread: backend.prepareThread)
        let exchange = ShardExchange(workers: 2)
        let shards = [0..<3, 3..<5]
        var parts: [Problem.Outcome?] = [nil, nil]
        try parts.withUnsafeMutableBufferPointer { parts in
            try pool.runOnEachWorker { worker in
                do {
                    parts[worker] = try problem.train(shards[worker], backend: backend) {
                        try exchange.sum(worker: worker, $0, count: $1)
                    }
                } catch {
                    exchange.abandon()
                    throw error
                }
            }
        }
        let first = try #require(parts[0])
        let second = try #require(parts[1])
        let sum = zip(first.pass.gradients, second.pass.gradients).map(+)
        #expect(largestDifference(sum, whole.pass.gradients) <= problem.tolerance(whole))
        #expect(largestDifference(first.pass.logits + second.pass.logits, whole.pass.logits) <= 1e-5)
        #expect(first.parameters == second.parameters)
        #expect(largestDifference(first.parameters.values, whole.parameters.values) <= 1e-6)
        #expect(first.parameters != problem.parameters, "running statistics have moved")
    }

    /// The same step twice: not one bit may differ, or a resumed run would not equal an uninterrupted one.
    @Test(arguments: GoldenFile.names, BackendChoice.available)
    func aStepIsReproducible(name: String, choice: BackendChoice) throws {
        let problem = try Problem(Self.configuration(name), images: 4)
        let backend = try choice.makeForThisThread()
        let (first, second) = (try problem.train(0..<4, backend: backend), try problem.train(0..<4, backend: backend))
        #expect(first.pass.gradients == second.pass.gradients)
        #expect(first.parameters == second.parameters)
    }

    struct Problem {
        struct Outcome {
            let pass: TrainingPass
            let parameters: Parameters
        }

        let configuration: ModelConfiguration
        let parameters: Parameters
        let images: Tensor
        let epsilon: [Float]

        init(_ configuration: ModelConfiguration, images count: Int) throws {
            self.configuration = configuration
            parameters = Parameters(initialising: try ParameterLayout(configuration), seed: 11)
            images = try noiseImages(count, configuration.input, seed: 12)
            epsilon = normals(count * configuration.latentDimension, seed: 13)
        }

        /// Float32 sums in another order: 1e-5 of the largest gradient.
        func tolerance(_ whole: Outcome) -> Float { 1e-5 * (whole.pass.gradients.map(abs).max() ?? 0) }

        func train(
            _ range: Range<Int>, backend: any Backend, sum: @escaping ShardSum<Float> = { _, _ in }
        ) throws -> Outcome {
            var parameters = parameters
            let pixels = VariationalPlan.pixels(images, configuration.input)
            let (size, latent) = (configuration.input.count, configuration.latentDimension)
            let plan = try VariationalPlan(
                configuration, layout: parameters.layout, images: range.count, backend: backend, training: true)
            let pass = try plan.train(
                configuration, parameters: &parameters,
                pixels: Array(pixels[range.lowerBound * size..<range.upperBound * size]),
                epsilon: Array(epsilon[range.lowerBound * latent..<range.upperBound * latent]),
                TrainingStep(totalImages: images.rows, seed: 14, step: 3, firstImage: range.lowerBound, sum: sum))
            return Outcome(pass: pass, parameters: parameters)
        }
    }
}
