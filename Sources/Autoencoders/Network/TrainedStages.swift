import Kernels
import Tensors

/// A dense layer, convolution or transposed convolution with its activation.
final class LinearStage: Stage {
    let outputs: AlignedBuffer
    let outputCount: Int
    let gainsFromBatches: Bool
    private let images: Int
    private let kernel: any LinearKernel<Float>
    private let activation: Activation
    private let weightOffset, biasOffset: Int

    init(
        kernel: any LinearKernel<Float>, activation: Activation, images: Int, outputs: AlignedBuffer,
        outputCount: Int, weightOffset: Int, biasOffset: Int, gainsFromBatches: Bool
    ) {
        (self.kernel, self.activation, self.gainsFromBatches) = (kernel, activation, gainsFromBatches)
        (self.images, self.outputs, self.outputCount) = (images, outputs, outputCount)
        (self.weightOffset, self.biasOffset) = (weightOffset, biasOffset)
    }

    func copy(
        images: Int, outputs: AlignedBuffer, scratch: Scratch, parameters: UnsafePointer<Float>
    ) throws -> any Stage {
        LinearStage(
            kernel: try kernel.copy(
                batch: images, scratch: scratch, weights: parameters + weightOffset, bias: parameters + biasOffset),
            activation: activation, images: images, outputs: outputs, outputCount: outputCount / self.images * images,
            weightOffset: weightOffset, biasOffset: biasOffset, gainsFromBatches: gainsFromBatches)
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
        activation.backward(outputs: outputs.pointer, gradient: gradient, count: outputCount)
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
    let outputCount: Int
    private let norm: BatchNorm<Float>
    private let activation: Activation
    private let rowsPerImage, rows: Int
    private let offsets: Offsets
    private let scale, shift, mean, variance, scaleGradient, shiftGradient: AlignedBuffer

    init(
        channels: Int, activation: Activation, images: Int, outputs: AlignedBuffer, outputCount: Int, offsets: Offsets
    ) {
        norm = BatchNorm(channels: channels, epsilon: ModelConfiguration.batchNormEpsilon)
        (self.activation, self.offsets) = (activation, offsets)
        (self.outputs, self.outputCount) = (outputs, outputCount)
        rows = outputCount / channels
        rowsPerImage = rows / images
        scale = AlignedBuffer(count: channels)
        shift = AlignedBuffer(count: channels)
        mean = AlignedBuffer(count: channels)
        variance = AlignedBuffer(count: channels)
        scaleGradient = AlignedBuffer(count: channels)
        shiftGradient = AlignedBuffer(count: channels)
    }

    func copy(
        images: Int, outputs: AlignedBuffer, scratch: Scratch, parameters: UnsafePointer<Float>
    ) -> any Stage {
        let copy = BatchNormStage(
            channels: norm.channels, activation: activation, images: images, outputs: outputs,
            outputCount: rowsPerImage * images * norm.channels, offsets: offsets)
        copy.load(parameters)
        return copy
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
        activation.forward(outputs.pointer, count: outputCount)
    }

    func backward(
        inputs: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>,
        inputGradient: UnsafeMutablePointer<Float>?, _ context: PassContext
    ) throws {
        activation.backward(outputs: outputs.pointer, gradient: gradient, count: outputCount)
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
