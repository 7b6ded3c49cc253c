import Kernels
import Tensors

/// What one pass needs beside its inputs.
struct PassContext {
    /// Whether batch norm uses the batch's statistics and dropout drops.
    var training = false
    /// Images of the whole batch, of which this plan may hold a shard.
    var totalImages = 1
    var sum: ShardSum<Float> = { _, _ in }
    /// Addresses the noise of dropout, so that it depends on the image and not on how a batch was split.
    var seed: UInt64 = 0
    var step = 0
    var firstImage = 0
    /// Asked before each stage; what it throws ends the pass.
    var proceed: Autoencoder.Proceeding = {}
}

/// One step of a network set up for a number of images. Belongs to one thread.
protocol Stage: AnyObject {
    /// [images, height, width, channels], perhaps with room to spare: at inference stages take turns with their memory.
    var outputs: AlignedBuffer { get }
    /// The elements of them.
    var outputCount: Int { get }
    /// Whether several images at once take less time than one after the other.
    var gainsFromBatches: Bool { get }

    /// A stage for one image as one for inference on several, with this one's parameters, which are those of the model's
    /// flat vector; this one is not to be loaded again while the copy lives.
    func copy(
        images: Int, outputs: AlignedBuffer, scratch: Scratch, parameters: UnsafePointer<Float>
    ) throws -> any Stage

    /// Takes over changed parameters from the model's flat vector.
    func load(_ parameters: UnsafePointer<Float>) throws

    func forward(_ inputs: UnsafePointer<Float>, _ context: PassContext) throws

    /// Accumulates parameter gradients; `gradient` is that of the outputs and may be overwritten.
    func backward(
        inputs: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>,
        inputGradient: UnsafeMutablePointer<Float>?, _ context: PassContext) throws

    /// Writes accumulated gradients into a flat vector and starts again from zero.
    func collectGradients(_ gradients: UnsafeMutablePointer<Float>) throws

    /// Moves running statistics, if there are any, towards the last batch's.
    func updateRunningStatistics(_ parameters: UnsafeMutablePointer<Float>, _ context: PassContext)
}

extension Stage {
    var gainsFromBatches: Bool { false }
    func load(_ parameters: UnsafePointer<Float>) throws {}
    func collectGradients(_ gradients: UnsafeMutablePointer<Float>) throws {}
    func updateRunningStatistics(_ parameters: UnsafeMutablePointer<Float>, _ context: PassContext) {}
}
