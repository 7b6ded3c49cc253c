import Autoencoders
import Checkpoints

/// What a run will take, worked out from its configuration and the sizes of its data before anything is allocated.
public struct RunEstimate: Equatable, Sendable {
    /// The most memory that its process will have in use at a time.
    public let memoryBytes: Int
    /// Of the last checkpoint, which is the largest.
    public let checkpointBytes: Int
    /// Images whose forward and backward pass an epoch takes, and images of which it takes the losses alone.
    public let trainedImages, evaluatedImages: Int
    public let epochs: Int
    /// Floating-point operations of one image, forward and backward.
    public let operationsPerImage: Int

    /// The program, its libraries and its threads' stacks before there is a model: measured.
    private static let base = 40 << 20

    /// - Parameters:
    ///   - trainImages: of the dataset, those included that are kept back.
    ///   - threads: that compute.
    public init(
        _ specification: TrainingSpecification, trainImages: Int, testImages: Int, threads: Int
    ) throws(ConfigurationError) {
        let (settings, model) = (specification.training, specification.training.applied(to: specification.model))
        let kept = settings.validationShare > 0 ? Int(Float(trainImages) * settings.validationShare) : 0
        (trainedImages, evaluatedImages, epochs) = (trainImages - kept, testImages + kept, settings.epochs)
        operationsPerImage = try model.operationCount(.train)

        let need = try PlanSizes(
            model, batchSize: settings.batchSize, trainImages: trainedImages,
            evaluated: [testImages, kept, SelfTest.count], workers: threads
        ).need(model)
        let copies = 3 + (settings.weightAverage > 0 ? 1 : 0) + (kept > 0 ? 1 : 0)
        let weights = 4 * copies * (try ParameterLayout(model).count)
        // The test set's codes after the epochs that are kept, and the latest; a sample of them in the plane each epoch.
        let maps = Checkpoint.keptEpochs.filter { $0 <= settings.epochs }.count + 1
        let codes = 4 * testImages * (model.latentDimension + 2) * maps
        let selfTest = 4 * SelfTest.count * (model.input.count + 3 * model.latentDimension)
        checkpointBytes = weights + codes + selfTest + 24_000 * min(settings.epochs, 1000) + 32_000
        // Reading takes the largest file twice; images that are kept back are copied out.
        let pixels = model.input.count * (2 * trainImages + testImages + (kept > 0 ? trainImages : 0))
        // A checkpoint is put together in memory: values, a file's content, the file.
        memoryBytes = Self.base + Int(need.bytes) + pixels + 2 * weights + 2 * codes + 8 * trainImages
    }

    /// How long it will take at so many images a second of training: losses alone take a third of a step.
    public func seconds(imagesPerSecond: Double) -> Double {
        Double(epochs) * (Double(trainedImages) + Double(evaluatedImages) / 3) / imagesPerSecond
    }
}

/// The numbers of images that each worker has a plan for.
struct PlanSizes {
    /// Of each worker, ascending.
    let workers: [[Int]]

    /// What the losses are taken of is whoever's turn it is.
    ///
    /// - Parameter evaluated: the images of each split of which losses are taken.
    init(_ model: ModelConfiguration, batchSize: Int, trainImages: Int, evaluated: [Int], workers: Int) {
        func pieces(of count: Int, _ size: Int) -> [Int] { [min(count, size), count % size].filter { $0 > 0 } }
        let chunk = TrainingWorker.chunk
        let common = evaluated.flatMap { pieces(of: $0, chunk) }
        let batches = [min(batchSize, trainImages), trainImages % batchSize].filter { $0 > 0 }
        self.workers = (0..<workers).map { worker in
            let own = batches.flatMap { batch in
                let active = min(workers, batch)
                guard worker < active else { return [Int]() }
                let shard = (worker + 1) * batch / active - worker * batch / active
                return pieces(of: shard, model.couplesImages ? shard : chunk)
            }
            return Set(common + own).sorted()
        }
    }

    func need(_ model: ModelConfiguration) throws(ConfigurationError) -> MemoryNeed {
        let all = workers.flatMap { $0 }
        return try MemoryNeed(
            model, images: all.reduce(0, +), workers: workers.count, training: true, plans: all.count)
    }
}
