import Autoencoders
import Checkpoints
import Datasets
import Kernels
import Tensors

/// Sums of losses over a number of images, in nats.
struct LossSums {
    var images = 0
    var reconstruction = 0.0
    var divergence = 0.0

    static func += (left: inout LossSums, right: LossSums) {
        left.images += right.images
        left.reconstruction += right.reconstruction
        left.divergence += right.divergence
    }
}

/// Parameters, Adam's moments and averaged weights, and the workers that move them.
///
/// A batch is split over the pool's workers. Each runs its shard in chunks small enough for its cache, accumulating
/// gradients, which are then added up in the workers' order: the same seed gives the same bytes for a number of workers.
final class TrainingEngine {
    let configuration: ModelConfiguration
    let layout: ParameterLayout
    let settings: TrainingSettings
    let parameters, firstMoment, secondMoment: AlignedBuffer
    /// Averaged weights; `parameters` themselves where nothing is averaged.
    let averaged: AlignedBuffer
    /// The averaged weights of the best epoch; empty where nothing tells which is.
    let best: AlignedBuffer
    private let pool: KernelPool
    private let workers: [TrainingWorker]
    private let adam = Adam()
    private var batch: Batch?
    /// Each worker's part of the gradient's squared length, where that is asked for.
    private let squares: UnsafeMutableBufferPointer<Double>
    private lazy var accumulating = pool.team { [unowned self] in try accumulate($0) }
    private lazy var measuring = pool.team { [unowned self] in measure($0) }
    private lazy var updating = pool.team { [unowned self] in update($0) }

    /// What the workers are working on.
    private struct Batch {
        let split: Split
        let indices: ArraySlice<Int>
        let number: Int
        let rates: StepRates
        let shards: Shards
    }

    /// What moves from step to step.
    struct StepRates {
        var learningRate: Float
        /// A factor on the KL's weight.
        var divergenceScale: Float = 1
    }

    /// As many workers as a batch has images for, and how they add numbers up.
    private final class Shards {
        let count: Int
        let exchange: ShardExchange
        let adders: [Adder]

        /// A function in a structure: an array of functions would wrap each that is taken from it anew.
        struct Adder {
            let sum: ShardSum<Float>
        }

        init(count: Int) {
            self.count = count
            let exchange = ShardExchange(workers: count)
            self.exchange = exchange
            adders = (0..<count).map { index in Adder { try exchange.sum(worker: index, $0, count: $1) } }
        }
    }

    /// Refuses a batch that `available` bytes cannot hold, before anything is allocated.
    static func checkMemory(
        _ configuration: ModelConfiguration, batchSize: Int, workers: Int,
        available: Double = MemoryNeed.installedBytes
    ) throws {
        let need = try PlanSizes(
            configuration, batchSize: batchSize, trainImages: batchSize, evaluated: [], workers: workers
        ).need(configuration)
        do throws(AutoencoderError) { try need.check(against: available) } catch {
            throw TrainingError.memory(batchSize: batchSize, error)
        }
    }

    init(
        configuration: ModelConfiguration, settings: TrainingSettings, pool: KernelPool, backend: any Backend
    ) throws {
        (self.configuration, self.settings, self.pool) = (configuration, settings, pool)
        layout = try ParameterLayout(configuration)
        parameters = AlignedBuffer(count: layout.count)
        let initial = Parameters(initialising: layout, seed: settings.seed, with: settings.initialization)
        parameters.copy(from: initial.values)
        firstMoment = AlignedBuffer(count: layout.trainableCount)
        secondMoment = AlignedBuffer(count: layout.trainableCount)
        averaged = settings.weightAverage > 0 ? AlignedBuffer(count: layout.count) : parameters
        averaged.copy(from: parameters.values)
        best = AlignedBuffer(count: settings.validationShare > 0 ? layout.count : 0)
        squares = .allocate(capacity: pool.workerCount)
        squares.initialize(repeating: 0)
        let layout = layout
        workers = (0..<pool.workerCount).map { index in
            TrainingWorker(index: index, configuration: configuration, layout: layout, backend: backend)
        }
    }

    deinit { squares.deallocate() }

    /// One step on the images at `indices`; `number` counts steps from 1 over the whole run.
    func step(_ split: Split, indices: ArraySlice<Int>, number: Int, _ rates: StepRates) throws -> LossSums {
        let active = min(workers.count, indices.count)
        let known = batch?.shards
        let shards = known?.count == active ? known : nil
        batch = Batch(
            split: split, indices: indices, number: number, rates: rates,
            shards: shards ?? Shards(count: active))
        do {
            try accumulating.run()
        } catch {
            batch = nil  // an abandoned exchange is of no more use
            throw error
        }
        if settings.clipNorm > 0 { try measuring.run() }
        try updating.run()
        return workers[0..<active].reduce(into: LossSums()) { $0 += $1.sums }
    }

    private func accumulate(_ index: Int) throws {
        guard let batch, index < batch.shards.count else { return }
        let (indices, shards) = (batch.indices, batch.shards)
        let shard = shard(index, of: shards.count, count: indices.count)
        var step = TrainingStep(
            totalImages: indices.count, seed: settings.seed, step: batch.number, firstImage: shard.lowerBound,
            sum: shards.adders[index].sum)
        (step.divergenceScale, step.freeBits) = (batch.rates.divergenceScale, settings.freeBits)
        do {
            try workers[index].accumulate(
                batch.split,
                indices: indices[indices.startIndex + shard.lowerBound..<indices.startIndex + shard.upperBound],
                parameters: parameters, settings, step)
        } catch {
            shards.exchange.abandon()
            throw error
        }
    }

    /// Adds the workers' gradients up and leaves the square of the length of a part of their sum.
    private func measure(_ index: Int) {
        guard let batch, let total = workers.first?.gradient.pointer else { return }
        let range = shard(index, of: workers.count, count: layout.trainableCount)
        addGradients(of: workers[0..<batch.shards.count], to: total, range)
        squares[index] = VectorSum.squares(total + range.lowerBound, count: range.count)
    }

    private func addGradients(
        of workers: ArraySlice<TrainingWorker>, to total: UnsafeMutablePointer<Float>, _ range: Range<Int>
    ) {
        for worker in workers.dropFirst() {
            VectorSum.add(
                worker.gradient.pointer + range.lowerBound, to: total + range.lowerBound, count: range.count)
        }
    }

    private func update(_ index: Int) {
        guard let batch else { return }
        update(
            shard(index, of: workers.count, count: layout.trainableCount), from: workers[0..<batch.shards.count],
            batch.number, batch.rates.learningRate)
        if index == 0 {
            workers[0].updateRunningStatistics(parameters)
            average(layout.trainableCount..<layout.count, decay: 0)
        }
    }

    private func shard(_ index: Int, of shards: Int, count: Int) -> Range<Int> {
        index * count / shards..<(index + 1) * count / shards
    }

    private func update(
        _ range: Range<Int>, from workers: ArraySlice<TrainingWorker>, _ number: Int, _ learningRate: Float
    ) {
        guard let total = workers.first?.gradient.pointer else { return }
        if settings.clipNorm > 0 {
            let norm = Float(squares.reduce(0, +).squareRoot())
            if norm > settings.clipNorm {
                VectorSum.scale(total + range.lowerBound, by: settings.clipNorm / norm, count: range.count)
            }
        } else {
            addGradients(of: workers, to: total, range)
        }
        adam.update(
            parameters.pointer, gradient: total, firstMoment: firstMoment.pointer, secondMoment: secondMoment.pointer,
            range: range, learningRate: learningRate, step: number)
        // Early averages follow the weights closely, so that they do not remember the initial ones.
        average(range, decay: min(settings.weightAverage, Float(1 + number) / Float(10 + number)))
    }

    private func average(_ range: Range<Int>, decay: Float) {
        guard averaged !== parameters else { return }
        let first = range.lowerBound
        VectorSum.add(
            parameters.pointer + first, scale: 1 - decay, to: averaged.pointer + first, keep: decay, count: range.count)
    }

    /// What the averaged weights make of draws from the prior.
    func selfTest() throws -> SelfTest? {
        let (count, latent) = (SelfTest.count, configuration.latentDimension)
        var random = RandomSource(seed: settings.seed, stream: RandomPurpose.prior.stream(0))
        let latents = try Tensor(
            shape: [count, latent], values: (0..<count * latent).map { _ in random.normal() })
        var test: SelfTest?
        for worker in workers { worker.forgetParameters() }
        try pool.run(1) { _, worker in test = try workers[worker].selfTest(latents, parameters: averaged) }
        return test
    }

    /// Losses of a whole split with the averaged weights and one fixed draw an image, and the posterior means.
    func evaluate(_ split: Split) throws -> (sums: LossSums, means: [Float]) {
        let latent = configuration.latentDimension
        var means = [Float](repeating: 0, count: split.count * latent)
        var losses = [SIMD2<Double>](repeating: .zero, count: split.count)
        let chunk = TrainingWorker.chunk
        for worker in workers { worker.forgetParameters() }
        try means.withUnsafeMutableBufferPointer { means in
            try losses.withUnsafeMutableBufferPointer { losses in
                try pool.run((split.count + chunk - 1) / chunk) { item, worker in
                    let range = item * chunk..<min(split.count, (item + 1) * chunk)
                    try workers[worker].evaluate(
                        split, range, parameters: averaged, seed: settings.seed, losses: losses, means: means)
                }
            }
        }
        var sums = LossSums(images: split.count)
        for loss in losses {
            sums.reconstruction += loss.x
            sums.divergence += loss.y
        }
        return (sums, means)
    }
}
