/// A dense layer in plain Swift; `storage.weights` keeps [inputs, outputs] so that every inner loop is contiguous.
final class ReferenceDenseKernel<Scalar: KernelScalar>: LinearKernel {
    private let geometry: DenseGeometry
    private let activation: Activation
    private let storage: ReferenceStorage<Scalar>

    init(_ geometry: DenseGeometry, activation: Activation, sharing shared: ReferenceStorage<Scalar>? = nil) {
        self.geometry = geometry
        self.activation = activation
        storage =
            shared ?? ReferenceStorage(weightCount: geometry.inputs * geometry.outputs, biasCount: geometry.outputs)
    }

    func copy(
        batch: Int, scratch: Scratch, weights: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>
    ) throws -> any LinearKernel<Scalar> {
        ReferenceDenseKernel(try geometry.with(batch: batch), activation: activation, sharing: storage)
    }

    func load(weights: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>) {
        storage.transposedWeights.update(from: weights, count: storage.weightCount)
        for output in 0..<geometry.outputs {
            for input in 0..<geometry.inputs {
                storage.weights[input * geometry.outputs + output] = weights[output * geometry.inputs + input]
            }
        }
        storage.bias.update(from: bias, count: storage.biasCount)
    }

    func forward(_ inputs: UnsafePointer<Scalar>, _ outputs: UnsafeMutablePointer<Scalar>) {
        for row in 0..<geometry.batch {
            let target = outputs + row * geometry.outputs
            target.update(from: storage.bias, count: geometry.outputs)
            for input in 0..<geometry.inputs {
                let value = inputs[row * geometry.inputs + input]
                let weights = storage.weights + input * geometry.outputs
                for output in 0..<geometry.outputs { target[output] += value * weights[output] }
            }
        }
        activation.forward(outputs, count: geometry.batch * geometry.outputs)
    }

    func backwardInput(_ outputGradient: UnsafePointer<Scalar>, _ inputGradient: UnsafeMutablePointer<Scalar>) {
        inputGradient.update(repeating: 0, count: geometry.batch * geometry.inputs)
        for row in 0..<geometry.batch {
            let target = inputGradient + row * geometry.inputs
            for output in 0..<geometry.outputs {
                let value = outputGradient[row * geometry.outputs + output]
                let weights = storage.transposedWeights + output * geometry.inputs
                for input in 0..<geometry.inputs { target[input] += value * weights[input] }
            }
        }
    }

    func accumulateGradients(inputs: UnsafePointer<Scalar>, outputGradient: UnsafePointer<Scalar>) {
        for row in 0..<geometry.batch {
            let source = inputs + row * geometry.inputs
            for output in 0..<geometry.outputs {
                let value = outputGradient[row * geometry.outputs + output]
                let target = storage.weightGradient + output * geometry.inputs
                for input in 0..<geometry.inputs { target[input] += value * source[input] }
            }
        }
        Scalar.addRows(
            outputGradient, rows: geometry.batch, columns: geometry.outputs, to: storage.biasGradient)
    }

    func collectGradients(weights: UnsafeMutablePointer<Scalar>, bias: UnsafeMutablePointer<Scalar>) {
        weights.update(from: storage.weightGradient, count: storage.weightCount)
        bias.update(from: storage.biasGradient, count: storage.biasCount)
        storage.resetGradients()
    }
}
