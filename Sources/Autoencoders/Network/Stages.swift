import Kernels
import Tensors

/// A dense layer, convolution or transposed convolution with its activation.
final class LinearStage: Stage {
    let outputs: AlignedBuffer
    private let kernel: any LinearKernel<Float>
    private let activation: Activation
    private let weightOffset, biasOffset: Int

    init(
        kernel: any LinearKernel<Float>, activation: Activation, outputCount: Int, weightOffset: Int, biasOffset: Int
    ) {
        (self.kernel, self.activation) = (kernel, activation)
        (self.weightOffset, self.biasOffset) = (weightOffset, biasOffset)
        outputs = AlignedBuffer(count: outputCount)
    }

    func load(_ parameters: UnsafePointer<Float>) throws {
        try kernel.load(weights: parameters + weightOffset, bias: parameters + biasOffset)
    }

    func forward(_ inputs: UnsafePointer<Float>, _ context: PassContext) throws {
        try kernel.forward(inputs, outputs.pointer)
    }

    func backward(
        inputs: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>,
        inputGradient: UnsafeMutablePointer<Float>?, _ context: PassContext
    ) throws {
        activation.backward(outputs: outputs.pointer, gradient: gradient, count: outputs.count)
        try kernel.accumulateGradients(inputs: inputs, outputGradient: gradient)
        if let inputGradient { try kernel.backwardInput(gradient, inputGradient) }
    }

    func collectGradients(_ gradients: UnsafeMutablePointer<Float>) throws {
        try kernel.collectGradients(weights: gradients + weightOffset, bias: gradients + biasOffset)
    }
}

/// Batch norm with the activation that follows it.
final class BatchNormStage: Stage {
    struct Offsets { let scale, shift, mean, variance: Int }

    let outputs: AlignedBuffer
    private let norm: BatchNorm<Float>
    private let activation: Activation
    private let rowsPerImage, rows: Int
    private let offsets: Offsets
    private let scale, shift, mean, variance, scaleGradient, shiftGradient: AlignedBuffer

    init(channels: Int, activation: Activation, images: Int, outputCount: Int, offsets: Offsets) {
        norm = BatchNorm(channels: channels, epsilon: ModelConfiguration.batchNormEpsilon)
        (self.activation, self.offsets) = (activation, offsets)
        rows = outputCount / channels
        rowsPerImage = rows / images
        outputs = AlignedBuffer(count: outputCount)
        scale = AlignedBuffer(count: channels)
        shift = AlignedBuffer(count: channels)
        mean = AlignedBuffer(count: channels)
        variance = AlignedBuffer(count: channels)
        scaleGradient = AlignedBuffer(count: channels)
        shiftGradient = AlignedBuffer(count: channels)
    }

    func load(_ parameters: UnsafePointer<Float>) {
        scale.pointer.update(from: parameters + offsets.scale, count: norm.channels)
        shift.pointer.update(from: parameters + offsets.shift, count: norm.channels)
        mean.pointer.update(from: parameters + offsets.mean, count: norm.channels)
        variance.pointer.update(from: parameters + offsets.variance, count: norm.channels)
    }

    func forward(_ inputs: UnsafePointer<Float>, _ context: PassContext) throws {
        if context.training {
            try norm.forwardTraining(
                inputs, outputs.pointer, rows: rows, totalRows: context.totalImages * rowsPerImage,
                scale: scale.pointer, shift: shift.pointer, sum: context.sum)
        } else {
            norm.forwardInference(
                inputs, outputs.pointer, rows: rows, scale: scale.pointer, shift: shift.pointer, mean: mean.pointer,
                variance: variance.pointer)
        }
        activation.forward(outputs.pointer, count: outputs.count)
    }

    func backward(
        inputs: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>,
        inputGradient: UnsafeMutablePointer<Float>?, _ context: PassContext
    ) throws {
        activation.backward(outputs: outputs.pointer, gradient: gradient, count: outputs.count)
        try norm.backward(
            inputs: inputs, outputGradient: gradient, inputGradient: inputGradient ?? gradient, rows: rows,
            totalRows: context.totalImages * rowsPerImage, scale: scale.pointer,
            scaleGradient: scaleGradient.pointer, shiftGradient: shiftGradient.pointer, sum: context.sum)
    }

    func collectGradients(_ gradients: UnsafeMutablePointer<Float>) {
        (gradients + offsets.scale).update(from: scaleGradient.pointer, count: norm.channels)
        (gradients + offsets.shift).update(from: shiftGradient.pointer, count: norm.channels)
        scaleGradient.fill(0)
        shiftGradient.fill(0)
    }

    func updateRunningStatistics(_ parameters: UnsafeMutablePointer<Float>, _ context: PassContext) {
        norm.updateRunning(
            mean: parameters + offsets.mean, variance: parameters + offsets.variance,
            momentum: ModelConfiguration.batchNormMomentum, totalRows: context.totalImages * rowsPerImage)
    }
}

final class DropoutStage: Stage {
    let outputs: AlignedBuffer
    private let mask: AlignedBuffer
    private let rate: Float
    private let images, stageIndex: Int

    init(rate: Float, images: Int, outputCount: Int, stageIndex: Int) {
        (self.rate, self.images, self.stageIndex) = (rate, images, stageIndex)
        outputs = AlignedBuffer(count: outputCount)
        mask = AlignedBuffer(count: outputCount)
    }

    func forward(_ inputs: UnsafePointer<Float>, _ context: PassContext) {
        guard context.training else { return outputs.pointer.update(from: inputs, count: outputs.count) }
        let perImage = outputs.count / images
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
        inputGradient.update(from: gradient, count: outputs.count)
        if context.training { Dropout.backward(inputGradient, mask: mask.pointer, count: outputs.count) }
    }
}

/// Reorders between channels-last images and vectors in channel, row, column order.
final class PermutationStage: Stage {
    let outputs: AlignedBuffer
    private let shape: ImageShape
    private let images: Int
    private let flattens: Bool

    init(shape: ImageShape, images: Int, flattens: Bool) {
        (self.shape, self.images, self.flattens) = (shape, images, flattens)
        outputs = AlignedBuffer(count: images * shape.count)
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
