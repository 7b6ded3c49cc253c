import COneDNN
import Tensors

/// A dense layer as three matrix products.
final class OneDNNDenseKernel: LinearKernel {
    private let geometry: DenseGeometry
    private let activation: Activation
    private let weights, bias, weightGradient, biasGradient: AlignedBuffer

    init(_ geometry: DenseGeometry, activation: Activation) {
        self.geometry = geometry
        self.activation = activation
        weights = AlignedBuffer(count: geometry.inputs * geometry.outputs)
        weightGradient = AlignedBuffer(count: geometry.inputs * geometry.outputs)
        bias = AlignedBuffer(count: geometry.outputs)
        biasGradient = AlignedBuffer(count: geometry.outputs)
    }

    func copy(
        batch: Int, scratch: Scratch, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>
    ) throws -> any LinearKernel<Float> {
        let copy = OneDNNDenseKernel(try geometry.with(batch: batch), activation: activation)
        copy.load(weights: weights, bias: bias)
        return copy
    }

    func load(weights: UnsafePointer<Float>, bias: UnsafePointer<Float>) {
        self.weights.pointer.update(from: weights, count: self.weights.count)
        self.bias.pointer.update(from: bias, count: geometry.outputs)
    }

    func forward(_ inputs: UnsafePointer<Float>, _ outputs: UnsafeMutablePointer<Float>) throws {
        let (batch, ins, outs) = (geometry.batch, geometry.inputs, geometry.outputs)
        for row in 0..<batch { (outputs + row * outs).update(from: bias.pointer, count: outs) }
        try product(
            false, true, batch, outs, ins, inputs, ins, weights.pointer, ins, beta: 1, outputs, outs)
        activation.forward(outputs, count: batch * outs)
    }

    func backwardInput(_ outputGradient: UnsafePointer<Float>, _ inputGradient: UnsafeMutablePointer<Float>) throws {
        let (batch, ins, outs) = (geometry.batch, geometry.inputs, geometry.outputs)
        try product(
            false, false, batch, ins, outs, outputGradient, outs, weights.pointer, ins, beta: 0, inputGradient, ins)
    }

    func accumulateGradients(inputs: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>) throws {
        let (batch, ins, outs) = (geometry.batch, geometry.inputs, geometry.outputs)
        try product(
            true, false, outs, ins, batch, outputGradient, outs, inputs, ins, beta: 1, weightGradient.pointer, ins)
        Float.addRows(
            outputGradient, rows: batch, columns: outs, to: biasGradient.pointer)
    }

    func collectGradients(weights: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>) {
        weights.update(from: weightGradient.pointer, count: weightGradient.count)
        bias.update(from: biasGradient.pointer, count: geometry.outputs)
        weightGradient.fill(0)
        biasGradient.fill(0)
    }

    private func product(
        _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ lda: Int,
        _ b: UnsafePointer<Float>, _ ldb: Int, beta: Float, _ c: UnsafeMutablePointer<Float>, _ ldc: Int
    ) throws(KernelError) {
        let status = latentd_matrix_product(
            transposeA ? 1 : 0, transposeB ? 1 : 0, Int64(m), Int64(n), Int64(k), a, Int64(lda), b, Int64(ldb), beta,
            c, Int64(ldc))
        guard status == 0 else {
            throw .backendFailure(backend: "onednn", operation: "matrix product", status: Int(status))
        }
    }
}
