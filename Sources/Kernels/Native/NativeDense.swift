import CKernels
import Tensors

/// A dense layer as products, or as dot products where its columns are too few to fill a vector.
final class NativeDenseKernel: LinearKernel {
    private let geometry: DenseGeometry
    private let activation: Activation
    private let set: InstructionSet
    private let forwardProduct, inputProduct, gradientProduct: ProductList
    /// [outputs, inputs] and [inputs, outputs].
    private let weights, transposed: AlignedBuffer
    private let bias, noBias, weightGradient, biasGradient: AlignedBuffer
    /// The gradient is accumulated with the longer side in the columns.
    private let gradientIsTransposed: Bool
    private static let fewest = 16

    init(
        _ geometry: DenseGeometry, activation: Activation, purpose: KernelPurpose, _ set: InstructionSet
    ) {
        (self.geometry, self.activation, self.set) = (geometry, activation, set)
        let (batch, ins, outs) = (geometry.batch, geometry.inputs, geometry.outputs)
        func product(
            depth: Int, rows: Int, columns: Int, aRow: Int, aStep: Int
        ) -> ProductList {
            let product = Product(
                segments: [.init(a: 0, b: 0)], depth: depth, rows: rows, columns: columns, aRow: aRow, aStep: aStep,
                bStep: columns, cRow: columns)
            return ProductList([product], set)
        }
        forwardProduct = product(depth: ins, rows: batch, columns: outs, aRow: ins, aStep: 1)
        inputProduct = product(depth: outs, rows: batch, columns: ins, aRow: outs, aStep: 1)
        gradientIsTransposed = ins < outs
        gradientProduct =
            gradientIsTransposed
            ? product(depth: batch, rows: ins, columns: outs, aRow: 1, aStep: ins)
            : product(depth: batch, rows: outs, columns: ins, aRow: 1, aStep: outs)
        weights = AlignedBuffer(count: ins * outs)
        transposed = AlignedBuffer(count: ins * outs)
        weightGradient = AlignedBuffer(count: purpose.trains ? ins * outs : 0)
        (bias, biasGradient) = (AlignedBuffer(count: outs), AlignedBuffer(count: outs))
        noBias = AlignedBuffer(count: ins)
    }

    func load(weights: UnsafePointer<Float>, bias: UnsafePointer<Float>) {
        let (ins, outs) = (geometry.inputs, geometry.outputs)
        self.weights.pointer.update(from: weights, count: ins * outs)
        Transposition.run(weights, rows: outs, columns: ins, to: transposed.pointer)
        self.bias.pointer.update(from: bias, count: outs)
    }

    func forward(_ inputs: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>) {
        let slope = activation.slope ?? 1
        if geometry.outputs < Self.fewest {
            latentd_dot_products(
                set.value, Int64(geometry.batch), Int64(geometry.outputs), Int64(geometry.inputs), inputs,
                weights.pointer, bias.pointer, slope, outputs)
        } else {
            forwardProduct.run(a: inputs, b: transposed.pointer, bias: bias.pointer, slope: slope, c: outputs)
        }
        activation.finish(outputs, count: geometry.batch * geometry.outputs)
    }

    func backwardInput(_ outputGradient: UnsafePointer<Float>, _ inputGradient: UnsafeMutablePointer<Float>) {
        if geometry.inputs < Self.fewest {
            latentd_dot_products(
                set.value, Int64(geometry.batch), Int64(geometry.inputs), Int64(geometry.outputs), outputGradient,
                transposed.pointer, noBias.pointer, 1, inputGradient)
        } else {
            inputProduct.run(a: outputGradient, b: weights.pointer, bias: noBias.pointer, c: inputGradient)
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
