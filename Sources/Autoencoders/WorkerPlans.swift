import Kernels
import Tensors

/// A model's plans for inference: one worker has one for an image alone and, where batches pay, one for several at once.
/// All compute with the same weights, where the backend can share them.
final class WorkerPlans: @unchecked Sendable {  // slot i is only ever touched by whoever computes in worker i's place
    /// An image alone, or several.
    enum Size: Int { case single, chunk }

    /// Images of a chunk; 1 where only single images are computed.
    let chunk: Int
    private let slots: UnsafeMutableBufferPointer<InferencePlan?>
    private let original: VariationalPlan
    private let parameters: Parameters

    init(
        workers: Int, chunk: Int, configuration: ModelConfiguration, parameters: Parameters, backend: any Backend
    ) throws {
        (self.chunk, self.parameters) = (chunk, parameters)
        original = try VariationalPlan(
            configuration, layout: parameters.layout, images: 1, backend: backend, training: false)
        slots = .allocate(capacity: 2 * workers)
        slots.initialize(repeating: nil)
        try withParameters { try original.load($0) }
    }

    deinit {
        slots.deinitialize()
        slots.deallocate()
    }

    /// The worker's plan, made when it is first asked for.
    func plan(_ size: Size, _ worker: Int) throws -> InferencePlan {
        let slot = 2 * worker + size.rawValue
        if let plan = slots[slot] { return plan }
        let images = size == .single ? 1 : chunk
        let plan = InferencePlan(try withParameters { try original.copy(images: images, parameters: $0) })
        slots[slot] = plan
        return plan
    }

    private func withParameters<Result>(_ body: (UnsafePointer<Float>) throws -> Result) throws -> Result {
        try parameters.values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { throw AutoencoderError.parameterLayout }
            return try body(base)
        }
    }
}

/// A plan with room for its inputs.
final class InferencePlan {
    let plan: VariationalPlan
    /// [images, height, width, channels]
    let pixels: AlignedBuffer
    /// No draw but the mean, [images, latent dimension].
    let noNoise: AlignedBuffer

    init(_ plan: VariationalPlan) {
        self.plan = plan
        pixels = AlignedBuffer(count: plan.images * plan.pixelCount)
        noNoise = AlignedBuffer(count: plan.latents.count)
    }
}
