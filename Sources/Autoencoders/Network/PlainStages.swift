import Kernels
import Tensors

/// Drops at training; at inference plans are made without it.
final class DropoutStage: Stage {
    let outputs: AlignedBuffer
    let outputCount: Int
    private let mask: AlignedBuffer
    private let rate: Float
    private let images, stageIndex: Int

    init(rate: Float, images: Int, outputs: AlignedBuffer, outputCount: Int, stageIndex: Int) {
        (self.rate, self.images, self.stageIndex) = (rate, images, stageIndex)
        (self.outputs, self.outputCount) = (outputs, outputCount)
        mask = AlignedBuffer(count: outputCount)
    }

    func forward(_ inputs: UnsafePointer<Float>, _ context: PassContext) {
        guard context.training else { return outputs.pointer.update(from: inputs, count: outputCount) }
        let perImage = outputCount / images
        for image in 0..<images {
            let index = ((context.step << 18 | (context.firstImage + image)) << 9) | stageIndex
            var random = RandomSource(seed: context.seed, stream: RandomPurpose.dropout.stream(index))
            Dropout.forward(
                inputs + image * perImage, outputs.pointer + image * perImage, mask: mask.pointer + image * perImage,
                count: perImage, rate: rate, random: &random)
        }
    }

    func backward(
        inputs: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>,
        inputGradient: UnsafeMutablePointer<Float>?, _ context: PassContext
    ) {
        guard let inputGradient else { return }
        inputGradient.update(from: gradient, count: outputCount)
        if context.training { Dropout.backward(inputGradient, mask: mask.pointer, count: outputCount) }
    }

    func copy(
        images: Int, outputs: AlignedBuffer, scratch: Scratch, parameters: UnsafePointer<Float>
    ) -> any Stage {
        DropoutStage(
            rate: rate, images: images, outputs: outputs, outputCount: outputCount / self.images * images,
            stageIndex: stageIndex)
    }
}

/// Reorders between channels-last images and vectors in channel, row, column order.
final class PermutationStage: Stage {
    let outputs: AlignedBuffer
    var outputCount: Int { images * shape.count }
    private let shape: ImageShape
    private let images: Int
    private let flattens: Bool

    init(shape: ImageShape, images: Int, outputs: AlignedBuffer, flattens: Bool) {
        (self.shape, self.images, self.outputs, self.flattens) = (shape, images, outputs, flattens)
    }

    func copy(
        images: Int, outputs: AlignedBuffer, scratch: Scratch, parameters: UnsafePointer<Float>
    ) -> any Stage {
        PermutationStage(shape: shape, images: images, outputs: outputs, flattens: flattens)
    }

    func forward(_ inputs: UnsafePointer<Float>, _ context: PassContext) {
        ChannelOrder.permute(inputs, outputs.pointer, shape: shape, images: images, toChannelsFirst: flattens)
    }

    func backward(
        inputs: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>,
        inputGradient: UnsafeMutablePointer<Float>?, _ context: PassContext
    ) {
        guard let inputGradient else { return }
        ChannelOrder.permute(gradient, inputGradient, shape: shape, images: images, toChannelsFirst: !flattens)
    }
}
