import Kernels
import Synchronization
import Tensors
import Testing

@testable import Autoencoders

@Suite struct AutoencoderTests {
    private static func model(
        _ configuration: ModelConfiguration, _ choice: BackendChoice, workers: Int
    ) throws -> Autoencoder {
        let backend = try choice.make()
        return try Autoencoder(
            configuration: configuration,
            parameters: Parameters(initialising: ParameterLayout(configuration), seed: 21),
            pool: KernelPool(workers: workers, prepareThread: backend.prepareThread), backend: backend)
    }

    /// The answer to a request must not depend on what else was asked at the time: 39 images are two chunks and a rest.
    @Test(arguments: GoldenFile.names + ["wide"], BackendChoice.available)
    func anImageGivesTheSameBytesAloneAndInABatch(name: String, choice: BackendChoice) throws {
        let configuration = try name == "wide" ? Self.wide() : GoldenFile(name).configuration
        let input = configuration.input
        let images = try noiseImages(39, input, seed: 22)
        let one = try Self.model(configuration, choice, workers: 1)
        let two = try Self.model(configuration, choice, workers: 2)
        try two.warmUp()
        let batch = try one.reconstruct(images)
        #expect(try two.reconstruct(images) == batch)
        #expect(try one.encode(images) == batch.encoding)
        #expect(try two.decode(batch.encoding.mean).values == batch.images.values)
        for index in [0, 1, 15, 16, 31, 32, 38] {
            let image = try Tensor(
                shape: [1, input.channels, input.height, input.width], values: Array(images.row(index)))
            for model in [one, two] {
                let alone = try model.reconstruct(image)
                #expect(alone.images.values == Array(batch.images.row(index)))
                #expect(alone.encoding.mean.values == Array(batch.encoding.mean.row(index)))
                #expect(alone.encoding.logVariance.values == Array(batch.encoding.logVariance.row(index)))
                #expect(alone.reconstructionLosses == [batch.reconstructionLosses[index]])
                #expect(alone.divergences == [batch.divergences[index]])
            }
        }
    }

    /// The second preset at its own layers, on smaller images to be fast.
    private static func wide() throws -> ModelConfiguration {
        var configuration = try #require(ModelConfiguration.preset("rgb-200d"))
        configuration.input = ImageShape(channels: 3, height: 16, width: 16)
        configuration.decoder[0].kind = .dense(units: 64)
        configuration.decoder[1].kind = .reshape(ImageShape(channels: 64, height: 1, width: 1))
        return configuration
    }

    @Test(arguments: BackendChoice.available)
    func backendsAgreeOnMNIST2D(choice: BackendChoice) throws {
        let configuration = try #require(ModelConfiguration.preset("mnist-2d"))
        let images = try noiseImages(1, configuration.input, seed: 23)
        let expected = try Self.model(configuration, .reference, workers: 1).reconstruct(images)
        let actual = try Self.model(configuration, choice, workers: 1).reconstruct(images)
        #expect(largestDifference(actual.images.values, expected.images.values) <= 1e-5)
        #expect(largestDifference(actual.encoding.mean.values, expected.encoding.mean.values) <= 1e-5)
        #expect(largestDifference(actual.encoding.logVariance.values, expected.encoding.logVariance.values) <= 1e-5)
        // In nats, of a sum over 784 pixels.
        #expect(abs(actual.reconstructionLosses[0] - expected.reconstructionLosses[0]) <= 1e-3)
    }

    @Test func whatMemoryCannotHoldIsRefusedWithItsLargestLayer() throws {
        let configuration = try #require(ModelConfiguration.preset("mnist-2d"))
        let need = try MemoryNeed(configuration, images: 2, workers: 2, training: false)
        // 36,928 weights, as they are kept and with the components that kernels make of them, and 14 x 14 x 64 outputs of two images.
        #expect(need.largestLayer == "decoder.3, 64x14x14")
        #expect(need.bytes > 4 * 2 * 207_237)
        #expect(throws: Never.self) { try need.check(against: need.bytes) }
        #expect(throws: AutoencoderError.memory(need, available: 1000)) { try need.check(against: 1000) }
    }

    @Test func noImagesIsAnEmptyAnswer() throws {
        let configuration = try GoldenFile("small_vae").configuration
        let model = try Self.model(configuration, .reference, workers: 1)
        let result = try model.reconstruct(Tensor(shape: [0, 1, 8, 8], values: []))
        #expect(result.images.shape == [0, 1, 8, 8])
        #expect(result.encoding.mean.shape == [0, 2])
        #expect(result.reconstructionLosses.isEmpty)
        #expect(try model.decode(Tensor(shape: [0, 2], values: [])).shape == [0, 1, 8, 8])
    }

    private struct Enough: Error {}

    /// Whoever is not waited for any more stops before the next layer, and the model is as it was.
    @Test(arguments: [1, 2]) func aComputationCanBeLeft(workers: Int) throws {
        let configuration = try GoldenFile("small_vae").configuration
        let model = try Self.model(configuration, .reference, workers: workers)
        let (images, latents) = (try Tensor(zeros: [100, 1, 8, 8]), try Tensor(zeros: [100, 2]))
        let whole = try model.decode(latents)
        let asked = Atomic<Int>(0)
        let proceed: Autoencoder.Proceeding = {
            if asked.wrappingAdd(1, ordering: .relaxed).newValue > 2 { throw Enough() }
        }
        for compute: () throws -> Void in [
            { _ = try model.decode(latents, proceed: proceed) },
            { _ = try model.decode(latents, onOneWorker: true, proceed: proceed) },
            { _ = try model.encode(images, proceed: proceed) }, { _ = try model.reconstruct(images, proceed: proceed) },
        ] {
            asked.store(0, ordering: .relaxed)
            #expect(throws: Enough.self) { try compute() }
            #expect(asked.load(ordering: .relaxed) > 2)
        }
        #expect(try model.decode(latents) == whole)
    }

    /// One image through many layers: it can be left before each of them, and not one more is computed.
    @Test(arguments: BackendChoice.available) func anImageCanBeLeftBeforeEachLayer(choice: BackendChoice) throws {
        let shape = ImageShape(channels: 1, height: 16, width: 16)
        let layers = (0..<12).map { _ in LayerConfiguration(.dense(units: 64)) }
        let last = LayerConfiguration(.dense(units: shape.count), activation: Activation.none)
        let configuration = ModelConfiguration(
            input: shape, latentDimension: 2, encoder: layers,
            decoder: layers + [last, LayerConfiguration(.reshape(shape))])
        let model = try Self.model(configuration, choice, workers: 1)
        let image = try noiseImages(1, shape, seed: 24)
        let whole = try model.reconstruct(image)
        let asked = Atomic<Int>(0)
        let limit = Atomic<Int>(.max)
        let proceed: Autoencoder.Proceeding = {
            let asked = asked.wrappingAdd(1, ordering: .relaxed).newValue
            if asked > limit.load(ordering: .relaxed) { throw Enough() }
        }
        #expect(try model.reconstruct(image, proceed: proceed) == whole)
        let all = asked.load(ordering: .relaxed)
        #expect(all > 12 + 2 + 13)
        for layer in 0..<all {
            asked.store(0, ordering: .relaxed)
            limit.store(layer, ordering: .relaxed)
            #expect(throws: Enough.self) { try model.reconstruct(image, proceed: proceed) }
            #expect(asked.load(ordering: .relaxed) == layer + 1)
        }
        #expect(try model.reconstruct(image) == whole)
    }

    @Test(arguments: [
        [8, 8], [1, 8, 8], [1, 1, 8, 9], [1, 2, 8, 8], [2, 3, 8, 8], [1, 1, 8, 8, 1], [], [0, 1, 8, 9],
    ])
    func refusesImagesOfAnotherShape(shape: [Int]) throws {
        let configuration = try GoldenFile("small_vae").configuration
        let model = try Self.model(configuration, .reference, workers: 1)
        let images = try Tensor(zeros: Shape(shape))
        let error = AutoencoderError.imageShape(expected: configuration.input, actual: Shape(shape))
        #expect(throws: error) { try model.encode(images) }
        #expect(throws: error) { try model.reconstruct(images) }
    }

    @Test(arguments: [[2], [1, 3], [1, 1], [1, 2, 1], [], [2, 0]])
    func refusesLatentsOfAnotherLength(shape: [Int]) throws {
        let configuration = try GoldenFile("small_vae").configuration
        let model = try Self.model(configuration, .reference, workers: 1)
        #expect(throws: AutoencoderError.latentDimension(expected: 2, actual: Shape(shape))) {
            try model.decode(Tensor(zeros: Shape(shape)))
        }
    }

    /// Offsets of another layout would point beside the weights.
    @Test func refusesParametersOfAnotherConfiguration() throws {
        let configuration = try GoldenFile("small_vae").configuration
        var other = configuration
        other.batchNorm.toggle()
        let parameters = Parameters(initialising: try ParameterLayout(other), seed: 21)
        #expect(throws: AutoencoderError.parameterLayout) {
            try Autoencoder(
                configuration: configuration, parameters: parameters, pool: KernelPool(workers: 1, prepareThread: {}),
                backend: ReferenceBackend())
        }
        #expect(throws: AutoencoderError.parameterLayout) {
            try VariationalPlan(
                configuration, layout: parameters.layout, images: 1, backend: ReferenceBackend(), training: false)
        }
    }

    /// One training step.
    @Test(arguments: BackendChoice.available)
    func aColourModelTrains(choice: BackendChoice) throws {
        let configuration = try Self.wide()
        #expect(configuration.batchNorm && configuration.dropout == 0.25 && configuration.latentDimension == 200)
        let problem = try ShardTests.Problem(configuration, images: 2)
        let outcome = try problem.train(0..<2, backend: choice.makeForThisThread())
        #expect(outcome.pass.objective.isFinite)
        #expect(outcome.pass.gradients.allSatisfy { $0.isFinite })
        for entry in problem.parameters.layout.entries where entry.trainable {
            let gradient = outcome.pass.gradients[entry.offset..<entry.offset + entry.count]
            #expect(gradient.contains { $0 != 0 }, "\(entry.name) learns")
        }
    }
}
