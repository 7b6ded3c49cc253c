import Testing

@testable import Kernels

/// oneDNN against the reference, element by element.
///
/// The bound is that of a float32 sum in any order: 1e-5 · Σ|a·b|, where the sum of absolute products is what the
/// reference gives for absolute inputs, weights and biases. Activations have slopes of at most 1; 2e-6 is for those of
/// them that are approximated.
@Suite(
    .enabled(
        if: OneDNNBackend.version != nil, "oneDNN is not built in, so there is nothing to compare the reference with"))
struct BackendAgreementTests {
    @Test(
        arguments: Contraction.all,
        [Activation.none, .relu, .leakyReLU(slope: 0.3), .sigmoid, .tanh])
    func forward(contraction: Contraction, activation: Activation) throws {
        let pair = try BackendPair(contraction, activation: activation, purpose: .inference)
        let inputs: [Float] = normals(pair.counts.inputs, stream: 1)
        let expected = try pair.reference.outputs(inputs, count: pair.counts.outputs)
        let actual = try pair.onednn.outputs(inputs, count: pair.counts.outputs)
        let bounds = try pair.absolute.outputs(inputs.map(abs), count: pair.counts.outputs).map { 1e-5 * $0 + 2e-6 }
        #expect(largestExcess(actual, expected, bounds: bounds) <= 0)
    }

    @Test(arguments: Contraction.all)
    func backwardInput(contraction: Contraction) throws {
        let pair = try BackendPair(contraction, activation: .none, purpose: .training(inputGradient: true))
        let gradient: [Float] = normals(pair.counts.outputs, stream: 4)
        let expected = try pair.reference.inputGradient(gradient, count: pair.counts.inputs)
        let actual = try pair.onednn.inputGradient(gradient, count: pair.counts.inputs)
        let bounds = try pair.absolute.inputGradient(gradient.map(abs), count: pair.counts.inputs)
            .map { 1e-5 * $0 + 1e-7 }
        #expect(largestExcess(actual, expected, bounds: bounds) <= 0)
    }

    /// Two batches add up, and collecting starts again from zero; without an input gradient as well as with one.
    @Test(arguments: Contraction.all, [true, false])
    func gradients(contraction: Contraction, inputGradient: Bool) throws {
        let pair = try BackendPair(contraction, activation: .none, purpose: .training(inputGradient: inputGradient))
        let counts = pair.counts
        for round in 0..<2 {
            for batch in 0..<(2 - round) {
                let inputs: [Float] = normals(counts.inputs, stream: UInt64(10 + batch))
                let gradient: [Float] = normals(counts.outputs, stream: UInt64(20 + batch))
                for kernel in [pair.reference, pair.onednn] {
                    try kernel.accumulateGradients(inputs: inputs, outputGradient: gradient)
                }
                try pair.absolute.accumulateGradients(inputs: inputs.map(abs), outputGradient: gradient.map(abs))
            }
            let expected = try pair.reference.gradients(weights: counts.weights, bias: counts.bias)
            let actual = try pair.onednn.gradients(weights: counts.weights, bias: counts.bias)
            let scale = try pair.absolute.gradients(weights: counts.weights, bias: counts.bias)
            let weightBounds = scale.weights.map { 1e-5 * $0 + 1e-7 }
            #expect(largestExcess(actual.weights, expected.weights, bounds: weightBounds) <= 0, "round \(round)")
            let biasBounds = scale.bias.map { 1e-5 * $0 + 1e-7 }
            #expect(largestExcess(actual.bias, expected.bias, bounds: biasBounds) <= 0, "round \(round)")
        }
    }
}

/// One problem on both backends with the same parameters, and on their absolute values for the bounds.
private struct BackendPair {
    let counts: (inputs: Int, outputs: Int, weights: Int, bias: Int)
    let reference, onednn, absolute: any LinearKernel<Float>

    init(_ contraction: Contraction, activation: Activation, purpose: KernelPurpose) throws {
        let geometry = try contraction.geometry()
        counts = geometry.counts
        let backend = try OneDNNBackend()
        backend.prepareThread()
        reference = try geometry.kernel(ReferenceBackend(), activation: activation, purpose: purpose)
        onednn = try geometry.kernel(backend, activation: activation, purpose: purpose)
        absolute = geometry.reference()
        let weights: [Float] = normals(counts.weights, stream: 2)
        let bias: [Float] = normals(counts.bias, stream: 3)
        try reference.load(weights: weights, bias: bias)
        try onednn.load(weights: weights, bias: bias)
        try absolute.load(weights: weights.map(abs), bias: bias.map(abs))
    }
}
