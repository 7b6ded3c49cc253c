import Kernels
import Tensors

/// Stages that follow one another and take the images in the same way: all at once, or one after the other.
struct StageRun {
    let stages: [any Stage]
    private let images: Int
    /// Elements of one image.
    private let inputCount, outputCount: Int
    /// Where the results of stages that take one image at a time are put together, [images, ...]; nil for all at once.
    private let gathered: AlignedBuffer?

    /// [images, height, width, channels]
    var outputs: AlignedBuffer? { gathered ?? stages.last?.outputs }

    /// All images at once.
    init(_ stages: [any Stage], images: Int, inputCount: Int) {
        (self.stages, self.images, self.inputCount) = (stages, images, inputCount)
        outputCount = stages.last.map { $0.outputCount / images } ?? inputCount
        gathered = nil
    }

    /// Copies of stages that were made for one image, which follow one another and have the same `gainsFromBatches`.
    ///
    /// Where a layer has more weights than an image has numbers before and after it, images should share them while they
    /// are near; all else is faster on one image, whose activations stay in the cache.
    init(
        copying originals: ArraySlice<any Stage>, images: Int, inputCount: Int, scratch: Scratch,
        parameters: UnsafePointer<Float>
    ) throws {
        let isWhole = images == 1 || originals.allSatisfy(\.gainsFromBatches)
        let held = isWhole ? images : 1
        let outputs = Self.takingTurns(originals.map { $0.outputCount * held })
        stages = try zip(originals, outputs).map {
            try $0.copy(images: held, outputs: $1, scratch: scratch, parameters: parameters)
        }
        (self.images, self.inputCount) = (images, inputCount)
        outputCount = originals.last?.outputCount ?? inputCount
        gathered = isWhole ? nil : AlignedBuffer(count: images * outputCount)
    }

    /// The memory of each stage's outputs at inference: a stage reads what the one before it left, so two places do.
    static func takingTurns(_ counts: [Int]) -> [AlignedBuffer] {
        let places = (0..<2).map { place in
            AlignedBuffer(count: counts.indices.filter { $0 & 1 == place }.map { counts[$0] }.max() ?? 0)
        }
        return counts.indices.map { places[$0 & 1] }
    }

    /// Gives `outputs`.
    func forward(_ inputs: UnsafePointer<Float>, _ context: PassContext) throws -> UnsafePointer<Float> {
        guard let gathered else { return try chain(inputs, context) }
        for image in 0..<images {
            let result = try chain(inputs + image * inputCount, context)
            (gathered.pointer + image * outputCount).update(from: result, count: outputCount)
        }
        return UnsafePointer(gathered.pointer)
    }

    private func chain(_ inputs: UnsafePointer<Float>, _ context: PassContext) throws -> UnsafePointer<Float> {
        var current = inputs
        for stage in stages {
            try context.proceed()
            try stage.forward(current, context)
            current = UnsafePointer(stage.outputs.pointer)
        }
        return current
    }
}
