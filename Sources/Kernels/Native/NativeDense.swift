import CKernels
import Tensors

/// A dense layer as products, or as dot products where its columns are too few to fill a vector.
final class NativeDenseKernel: LinearKernel {
    private let geometry: DenseGeometry
    private let activation: Activation
    private let set: InstructionSet
    private let forwardProduct, inputProduct, gradientProduct: ProductList
    /// As the products want them, panels of [inputs, outputs] and [outputs, inputs], or as dot products do, whole
    /// [outputs, inputs] and [inputs, outputs].
    private let forwardWeights, inputWeights: AlignedBuffer
    private let bias, noBias, weightGradient, biasGradient: AlignedBuffer
    /// The gradient is accumulated with the longer side in the columns.
    private let gradientIsTransposed: Bool
    private static let fewest = 16

    init(
        _ geometry: DenseGeometry, activation: Activation, purpose: KernelPurpose, _ set: InstructionSet,
        sharing shared: NativeDenseKernel? = nil
    ) {
        (self.geometry, self.activation, self.set) = (geometry, activation, set)
        let (batch, ins, outs) = (geometry.batch, geometry.inputs, geometry.outputs)
        forwardProduct = ProductList([Panels(depth: ins, columns: outs, set).product(rows: batch)], set)
        inputProduct = ProductList([Panels(depth: outs, columns: ins, set).product(rows: batch)], set)
        gradientIsTransposed = ins < outs
        let (rows, columns) = gradientIsTransposed ? (ins, outs) : (outs, ins)
        gradientProduct = ProductList(
            [
                Product(
                    segments: [.init(a: 0, b: 0)], depth: batch, rows: rows, columns: columns, aRow: 1, aStep: rows,
                    bStep: columns, cRow: columns)
            ], set)
        forwardWeights = shared?.forwardWeights ?? Self.weights(depth: ins, columns: outs, set)
        inputWeights =
            purpose.needsInputGradient ? Self.weights(depth: outs, columns: ins, set) : AlignedBuffer(count: 0)
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

    /// Room for a matrix of weights.
    private static func weights(depth: Int, columns: Int, _ set: InstructionSet) -> AlignedBuffer {
        AlignedBuffer(count: columns < fewest ? depth * columns : Panels(depth: depth, columns: columns, set).count)
    }

    func load(weights: UnsafePointer<Float>, bias: UnsafePointer<Float>) {
        let (ins, outs) = (geometry.inputs, geometry.outputs)
        if outs < Self.fewest {
            forwardWeights.pointer.update(from: weights, count: ins * outs)
        } else {
            Panels(depth: ins, columns: outs, set).fill(forwardWeights.pointer, transposing: weights)
        }
        self.bias.pointer.update(from: bias, count: outs)
        guard inputWeights.count > 0 else { return }
        if ins < Self.fewest {
            Transposition.run(weights, rows: outs, columns: ins, to: inputWeights.pointer)
        } else {
            Panels(depth: outs, columns: ins, set).fill(inputWeights.pointer, from: weights)
        }
    }

    func forward(_ inputs: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>) {
        let slope = activation.slope ?? 1
        if geometry.outputs < Self.fewest {
            latentd_dot_products(
                set.value, Int64(geometry.batch), Int64(geometry.outputs), Int64(geometry.inputs), inputs,
                forwardWeights.pointer, bias.pointer, slope, outputs)
        } else {
            forwardProduct.run(a: inputs, b: forwardWeights.pointer, bias: bias.pointer, slope: slope, c: outputs)
        }
        activation.finish(outputs, count: geometry.batch * geometry.outputs)
    }

    func backwardInput(_ outputGradient: UnsafePointer<Float>, _ inputGradient: UnsafeMutablePointer<Float>) {
        guard inputWeights.count > 0 else { return }
        if geometry.inputs < Self.fewest {
            latentd_dot_products(
                set.value, Int64(geometry.batch), Int64(geometry.inputs), Int64(geometry.outputs), outputGradient,
                inputWeights.pointer, noBias.pointer, 1, inputGradient)
        } else {
            inputProduct.run(a: outputGradient, b: inputWeights.pointer, bias: noBias.pointer, c: inputGradient)
        }
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
