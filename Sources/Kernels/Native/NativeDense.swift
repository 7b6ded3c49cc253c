import CKernels
import Tensors

/// A dense layer as products.
final class NativeDenseKernel: LinearKernel {
    private let geometry: DenseGeometry
    private let activation: Activation
    private let set: InstructionSet
    private let forwardProduct, inputProduct, gradientProduct: ProductList
    private let forwardPanels, inputPanels: Panels
    private let forwardWeights, inputWeights: AlignedBuffer
    private let bias, noBias, weightGradient, biasGradient: AlignedBuffer
    /// The gradient is accumulated with the longer side in the columns.
    private let gradientIsTransposed: Bool

    init(
        _ geometry: DenseGeometry, activation: Activation, purpose: KernelPurpose, _ set: InstructionSet,
        sharing shared: NativeDenseKernel? = nil
    ) {
        (self.geometry, self.activation, self.set) = (geometry, activation, set)
        let (batch, ins, outs) = (geometry.batch, geometry.inputs, geometry.outputs)
        forwardPanels = Panels(depth: ins, columns: outs, set)
        inputPanels = Panels(depth: outs, columns: ins, set)
        forwardProduct = ProductList([forwardPanels.product(rows: batch)], set)
        inputProduct = ProductList([inputPanels.product(rows: batch)], set)
        gradientIsTransposed = ins < outs
        let (rows, columns) = gradientIsTransposed ? (ins, outs) : (outs, ins)
        gradientProduct = ProductList(
            [
                Product(
                    segments: [.init(a: 0, b: 0)], depth: batch, rows: rows, columns: columns, aRow: 1, aStep: rows,
                    bStep: columns, cRow: columns)
            ], set)
        forwardWeights = shared?.forwardWeights ?? AlignedBuffer(count: forwardPanels.count)
        inputWeights = AlignedBuffer(count: purpose.needsInputGradient ? inputPanels.count : 0)
        weightGradient = AlignedBuffer(count: purpose.trains ? ins * outs : 0)
        bias = shared?.bias ?? AlignedBuffer(count: outs)
        biasGradient = AlignedBuffer(count: outs)
        noBias = AlignedBuffer(count: ins)
    }

    func copy(
        batch: Int, scratch: Scratch, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>
    ) throws -> any LinearKernel<Float> {
        NativeDenseKernel(
            try geometry.with(batch: batch), activation: activation, purpose: .inference, set, sharing: self)
    }

    func load(weights: UnsafePointer<Float>, bias: UnsafePointer<Float>) {
        forwardPanels.fill(forwardWeights.pointer, transposing: weights)
        self.bias.pointer.update(from: bias, count: geometry.outputs)
        if inputWeights.count > 0 { inputPanels.fill(inputWeights.pointer, from: weights) }
    }

    func forward(_ inputs: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>) {
        forwardProduct.run(
            a: inputs, b: forwardWeights.pointer, bias: bias.pointer, slope: activation.slope ?? 1, c: outputs)
        activation.finish(outputs, count: geometry.batch * geometry.outputs)
    }

    func backwardInput(_ outputGradient: UnsafePointer<Float>, _ inputGradient: UnsafeMutablePointer<Float>) {
        guard inputWeights.count > 0 else { return }
        inputProduct.run(a: outputGradient, b: inputWeights.pointer, bias: noBias.pointer, c: inputGradient)
    }

    func accumulateGradients(inputs: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>) {
        guard weightGradient.count > 0 else { return }
        let (a, b) = gradientIsTransposed ? (inputs, outputGradient) : (outputGradient, inputs)
        gradientProduct.run(a: a, b: b, bias: nil, c: weightGradient.pointer)
        Float.addRows(
            outputGradient, rows: geometry.batch, columns: geometry.outputs, to: biasGradient.pointer)
    }

    func collectGradients(weights: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>) {
        guard weightGradient.count > 0 else { return }
        let (ins, outs) = (geometry.inputs, geometry.outputs)
        if gradientIsTransposed {
            Transposition.run(weightGradient.pointer, rows: ins, columns: outs, to: weights)
        } else {
            weights.update(from: weightGradient.pointer, count: ins * outs)
        }
        bias.update(from: biasGradient.pointer, count: outs)
        weightGradient.fill(0)
        biasGradient.fill(0)
    }
}
