import Testing

@testable import Kernels

/// Every fast backend, on every instruction set that this processor has, against the reference, element by element.
///
/// The bound is that of a float32 sum in any order: 1e-5 · Σ|a·b|, where the sum of absolute products is what the
/// reference gives for absolute inputs, weights and biases. Activations have slopes of at most 1; 2e-6 is for those of
/// them that are approximated.
@Suite struct BackendAgreementTests {
    @Test(
        arguments: Contraction.all,
        [Activation.none, .relu, .leakyReLU(slope: 0.3), .sigmoid, .tanh])
    func forward(contraction: Contraction, activation: Activation) throws {
        let problem = try Problem(contraction, activation: activation, purpose: .inference)
        let inputs: [Float] = normals(problem.counts.inputs, stream: 1)
        let expected = try problem.reference.outputs(inputs, count: problem.counts.outputs)
        let bounds = try problem.absolute.outputs(inputs.map(abs), count: problem.counts.outputs)
            .map { 1e-5 * $0 + 2e-6 }
        for (name, kernel) in problem.kernels {
            let actual = try kernel.outputs(inputs, count: problem.counts.outputs)
            #expect(largestExcess(actual, expected, bounds: bounds) <= 0, "\(name)")
        }
    }

    /// A copy for another number of images computes with the weights of its original.
    @Test(arguments: Contraction.all, BackendChoice.available)
    func copies(contraction: Contraction, choice: BackendChoice) throws {
        var several = contraction
        several.batch = 3
        var alone = contraction
        alone.batch = 1
        let backend = try choice.make()
        backend.prepareThread()
        let (geometry, counts) = (try several.geometry(), try alone.geometry().counts)
        let weights: [Float] = normals(counts.weights, stream: 2)
        let bias: [Float] = normals(counts.bias, stream: 3)
        let original = try alone.geometry().kernel(backend, activation: .tanh, purpose: .inference)
        try original.load(weights: weights, bias: bias)
        let copy = try original.copy(batch: 3, scratch: Scratch(), weights: weights, bias: bias)
        let kernel = try geometry.kernel(backend, activation: .tanh, purpose: .inference)
        try kernel.load(weights: weights, bias: bias)
        let inputs: [Float] = normals(3 * counts.inputs, stream: 1)
        let outputs = try copy.outputs(inputs, count: 3 * counts.outputs)
        #expect(try kernel.outputs(inputs, count: 3 * counts.outputs) == outputs)
        guard backend.keepsBytesInBatches else { return }
        for image in 0..<3 {
            let single = try original.outputs(
                Array(inputs[image * counts.inputs..<(image + 1) * counts.inputs]), count: counts.outputs)
            #expect(single == Array(outputs[image * counts.outputs..<(image + 1) * counts.outputs]))
        }
    }

    @Test(arguments: Contraction.all)
    func backwardInput(contraction: Contraction) throws {
        let problem = try Problem(contraction, activation: .none, purpose: .training(inputGradient: true))
        let gradient: [Float] = normals(problem.counts.outputs, stream: 4)
        let expected = try problem.reference.inputGradient(gradient, count: problem.counts.inputs)
        let bounds = try problem.absolute.inputGradient(gradient.map(abs), count: problem.counts.inputs)
            .map { 1e-5 * $0 + 1e-7 }
        for (name, kernel) in problem.kernels {
            let actual = try kernel.inputGradient(gradient, count: problem.counts.inputs)
            #expect(largestExcess(actual, expected, bounds: bounds) <= 0, "\(name)")
        }
    }

    /// Two batches add up, and collecting starts again from zero; without an input gradient as well as with one.
    @Test(arguments: Contraction.all, [true, false])
    func gradients(contraction: Contraction, inputGradient: Bool) throws {
        let problem = try Problem(contraction, activation: .none, purpose: .training(inputGradient: inputGradient))
        let counts = problem.counts
        for round in 0..<2 {
            for batch in 0..<(2 - round) {
                let inputs: [Float] = normals(counts.inputs, stream: UInt64(10 + batch))
                let gradient: [Float] = normals(counts.outputs, stream: UInt64(20 + batch))
                for kernel in [problem.reference] + problem.kernels.map(\.kernel) {
                    try kernel.accumulateGradients(inputs: inputs, outputGradient: gradient)
                }
                try problem.absolute.accumulateGradients(inputs: inputs.map(abs), outputGradient: gradient.map(abs))
            }
            let expected = try problem.reference.gradients(weights: counts.weights, bias: counts.bias)
            let scale = try problem.absolute.gradients(weights: counts.weights, bias: counts.bias)
            let weightBounds = scale.weights.map { 1e-5 * $0 + 1e-7 }
            let biasBounds = scale.bias.map { 1e-5 * $0 + 1e-7 }
            for (name, kernel) in problem.kernels {
                let actual = try kernel.gradients(weights: counts.weights, bias: counts.bias)
                #expect(largestExcess(actual.weights, expected.weights, bounds: weightBounds) <= 0, "\(name) \(round)")
                #expect(largestExcess(actual.bias, expected.bias, bounds: biasBounds) <= 0, "\(name) \(round)")
            }
        }
    }
}

/// One problem on every backend with the same parameters, and on their absolute values for the bounds.
private struct Problem {
    let counts: (inputs: Int, outputs: Int, weights: Int, bias: Int)
    let reference, absolute: any LinearKernel<Float>
    let kernels: [(name: String, kernel: any LinearKernel<Float>)]

    init(_ contraction: Contraction, activation: Activation, purpose: KernelPurpose) throws {
        let geometry = try contraction.geometry()
        counts = geometry.counts
        kernels = try BackendChoice.available.filter { $0 != .reference }.map { choice in
            let backend = try choice.make()
            backend.prepareThread()
            return (choice.rawValue, try geometry.kernel(backend, activation: activation, purpose: purpose))
        }
        reference = try geometry.kernel(ReferenceBackend(), activation: activation, purpose: purpose)
        absolute = geometry.reference()
        let weights: [Float] = normals(counts.weights, stream: 2)
        let bias: [Float] = normals(counts.bias, stream: 3)
        for kernel in [reference] + kernels.map(\.kernel) { try kernel.load(weights: weights, bias: bias) }
        try absolute.load(weights: weights.map(abs), bias: bias.map(abs))
    }
}
