/// Parameters and accumulated gradients of a reference kernel, owned by it.
final class ReferenceStorage<Scalar: KernelScalar> {
    let weights, transposedWeights, bias, weightGradient, biasGradient: UnsafeMutablePointer<Scalar>
    let weightCount, biasCount: Int

    init(weightCount: Int, biasCount: Int) {
        (self.weightCount, self.biasCount) = (weightCount, biasCount)
        func allocate(_ count: Int) -> UnsafeMutablePointer<Scalar> {
            let pointer = UnsafeMutablePointer<Scalar>.allocate(capacity: count)
            pointer.initialize(repeating: 0, count: count)
            return pointer
        }
        weights = allocate(weightCount)
        transposedWeights = allocate(weightCount)
        weightGradient = allocate(weightCount)
        bias = allocate(biasCount)
        biasGradient = allocate(biasCount)
    }

    deinit {
        for pointer in [weights, transposedWeights, weightGradient, bias, biasGradient] { pointer.deallocate() }
    }

    func resetGradients() {
        weightGradient.update(repeating: 0, count: weightCount)
        biasGradient.update(repeating: 0, count: biasCount)
    }
}

/// A convolution as a `LinearKernel`.
final class ReferenceConvolutionKernel<Scalar: KernelScalar>: LinearKernel {
    private let convolution: ReferenceConvolution<Scalar>
    private let activation: Activation
    private let storage: ReferenceStorage<Scalar>
    private var geometry: ConvolutionGeometry { convolution.geometry }
    private var rows: Int { geometry.outputCount / geometry.outputChannels }

    init(_ geometry: ConvolutionGeometry, activation: Activation, sharing shared: ReferenceStorage<Scalar>? = nil) {
        convolution = ReferenceConvolution(geometry: geometry)
        self.activation = activation
        storage = shared ?? ReferenceStorage(weightCount: geometry.weightCount, biasCount: geometry.outputChannels)
    }

    func copy(
        batch: Int, scratch: Scratch, weights: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>
    ) throws -> any LinearKernel<Scalar> {
        ReferenceConvolutionKernel(try geometry.with(batch: batch), activation: activation, sharing: storage)
    }

    func load(weights: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>) {
        convolution.pack(weights, into: storage.weights)
        convolution.packTransposed(weights, into: storage.transposedWeights)
        storage.bias.update(from: bias, count: storage.biasCount)
    }

    func forward(_ inputs: UnsafePointer<Scalar>, _ outputs: UnsafeMutablePointer<Scalar>) {
        outputs.update(repeating: 0, count: geometry.outputCount)
        convolution.forward(inputs, storage.weights, outputs)
        Bias.add(storage.bias, to: outputs, rows: rows, channels: geometry.outputChannels)
        activation.forward(outputs, count: geometry.outputCount)
    }

    func backwardInput(_ outputGradient: UnsafePointer<Scalar>, _ inputGradient: UnsafeMutablePointer<Scalar>) {
        inputGradient.update(repeating: 0, count: geometry.inputCount)
        convolution.backwardInput(outputGradient, storage.transposedWeights, inputGradient)
    }

    func accumulateGradients(inputs: UnsafePointer<Scalar>, outputGradient: UnsafePointer<Scalar>) {
        convolution.accumulateWeightGradient(inputs, outputGradient, storage.weightGradient)
        Scalar.addRows(
            outputGradient, rows: rows, columns: geometry.outputChannels, to: storage.biasGradient)
    }

    func collectGradients(weights: UnsafeMutablePointer<Scalar>, bias: UnsafeMutablePointer<Scalar>) {
        convolution.unpack(storage.weightGradient, into: weights)
        bias.update(from: storage.biasGradient, count: storage.biasCount)
        storage.resetGradients()
    }
}

/// A transposed convolution: the adjoint's products with the roles of input and output exchanged.
final class ReferenceTransposedConvolutionKernel<Scalar: KernelScalar>: LinearKernel {
    private let geometry: TransposedConvolutionGeometry
    private let adjoint: ReferenceConvolution<Scalar>
    private let activation: Activation
    private let storage: ReferenceStorage<Scalar>
    private var rows: Int { geometry.outputCount / geometry.outputChannels }

    init(
        _ geometry: TransposedConvolutionGeometry, activation: Activation,
        sharing shared: ReferenceStorage<Scalar>? = nil
    ) {
        self.geometry = geometry
        adjoint = ReferenceConvolution(geometry: geometry.adjoint)
        self.activation = activation
        storage =
            shared
            ?? ReferenceStorage(weightCount: geometry.adjoint.weightCount, biasCount: geometry.outputChannels)
    }

    func copy(
        batch: Int, scratch: Scratch, weights: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>
    ) throws -> any LinearKernel<Scalar> {
        ReferenceTransposedConvolutionKernel(try geometry.with(batch: batch), activation: activation, sharing: storage)
    }

    func load(weights: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>) {
        adjoint.pack(weights, into: storage.weights)
        adjoint.packTransposed(weights, into: storage.transposedWeights)
        storage.bias.update(from: bias, count: storage.biasCount)
    }

    func forward(_ inputs: UnsafePointer<Scalar>, _ outputs: UnsafeMutablePointer<Scalar>) {
        outputs.update(repeating: 0, count: geometry.outputCount)
        adjoint.backwardInput(inputs, storage.transposedWeights, outputs)
        Bias.add(storage.bias, to: outputs, rows: rows, channels: geometry.outputChannels)
        activation.forward(outputs, count: geometry.outputCount)
    }

    func backwardInput(_ outputGradient: UnsafePointer<Scalar>, _ inputGradient: UnsafeMutablePointer<Scalar>) {
        inputGradient.update(repeating: 0, count: geometry.inputCount)
        adjoint.forward(outputGradient, storage.weights, inputGradient)
    }

    func accumulateGradients(inputs: UnsafePointer<Scalar>, outputGradient: UnsafePointer<Scalar>) {
        adjoint.accumulateWeightGradient(outputGradient, inputs, storage.weightGradient)
        Scalar.addRows(
            outputGradient, rows: rows, columns: geometry.outputChannels, to: storage.biasGradient)
    }

    func collectGradients(weights: UnsafeMutablePointer<Scalar>, bias: UnsafeMutablePointer<Scalar>) {
        adjoint.unpack(storage.weightGradient, into: weights)
        bias.update(from: storage.biasGradient, count: storage.biasCount)
        storage.resetGradients()
    }
}
