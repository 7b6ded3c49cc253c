import Kernels
import Tensors

/// A model's plans for inference: a worker has one for an image alone and, where batches pay, some for several at once.
/// All compute with the same weights, where the backend can share them.
final class WorkerPlans: @unchecked Sendable {  // slot i is only ever touched by whoever computes in worker i's place
    /// Images that a plan may hold, the fewest first; the last is a chunk, 1 where only single images are computed.
    let sizes: [Int]
    var chunk: Int { sizes.last ?? 1 }
    private let slots: UnsafeMutableBufferPointer<InferencePlan?>
    private let original: VariationalPlan
    private let parameters: any ParameterSource

    init(
        workers: Int, sizes: [Int], configuration: ModelConfiguration, parameters: any ParameterSource,
        backend: any Backend
    ) throws {
        (self.sizes, self.parameters) = (sizes, parameters)
        original = try VariationalPlan(
            configuration, layout: parameters.layout, images: 1, backend: backend, training: false)
        slots = .allocate(capacity: sizes.count * workers)
        slots.initialize(repeating: nil)
        try parameters.withValues { try original.load($0) }
    }

    deinit {
        slots.deinitialize()
        slots.deallocate()
    }

    /// The worker's largest plan for no more than `images` images, which are one at least; made when it is first asked for.
    func plan(upTo images: Int, _ worker: Int) throws -> InferencePlan {
        let size = sizes.lastIndex { $0 <= images } ?? 0
        let slot = sizes.count * worker + size
        if let plan = slots[slot] { return plan }
        let images = sizes[size]
        let plan = InferencePlan(try parameters.withValues { try original.copy(images: images, parameters: $0) })
        slots[slot] = plan
        return plan
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
