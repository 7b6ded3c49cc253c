import Testing

@testable import Kernels

/// The reference kernels in Double against central differences, with a fused activation and its backward step.
@Suite struct ContractionGradientTests {
    static let cases: [Contraction] = [
        Contraction(kind: .dense, batch: 3, inputs: 4, outputs: 5),
        .convolution(2, 2, 3, (4, 5), (3, 3), margins: (1, 1, 1, 1)),
        .convolution(1, 3, 2, (6, 6), (3, 3), stride: (2, 2), margins: (0, 0, 1, 1)),
        .convolution(2, 1, 2, (5, 7), (2, 3), stride: (3, 2), margins: (0, 2, 1, 0)),
        .convolution(1, 2, 2, (5, 5), (1, 1), stride: (2, 2)),
        .transposed(2, 3, 2, (3, 2), (3, 3), stride: (2, 2), margins: (0, 0, 1, 1)),
        .transposed(1, 2, 2, (3, 3), (5, 5), stride: (3, 3), margins: (1, 2, 0, 1)),
        .transposed(1, 2, 1, (3, 4), (3, 3), margins: (1, 1, 1, 1)),
        .transposed(2, 1, 2, (2, 2), (1, 1), stride: (2, 2)),
    ]

    @Test(arguments: cases, [Activation.none, .tanh, .leakyReLU(slope: 0.3)])
    func gradientsEqualFiniteDifferences(contraction: Contraction, activation: Activation) throws {
        let geometry = try contraction.geometry()
        let counts = geometry.counts
        let kernel: any LinearKernel<Double> = geometry.reference(activation: activation)
        let inputs: [Double] = normals(counts.inputs, stream: 1)
        let weights: [Double] = normals(counts.weights, stream: 2)
        let bias: [Double] = normals(counts.bias, stream: 3)
        let direction: [Double] = normals(counts.outputs, stream: 4)

        func objective(inputs: [Double], weights: [Double], bias: [Double]) throws -> Double {
            try kernel.load(weights: weights, bias: bias)
            return dot(direction, try kernel.outputs(inputs, count: counts.outputs))
        }
        let numerical = (
            inputs: try numericalGradient(at: inputs) { try objective(inputs: $0, weights: weights, bias: bias) },
            weights: try numericalGradient(at: weights) { try objective(inputs: inputs, weights: $0, bias: bias) },
            bias: try numericalGradient(at: bias) { try objective(inputs: inputs, weights: weights, bias: $0) }
        )

        try kernel.load(weights: weights, bias: bias)
        let outputs = try kernel.outputs(inputs, count: counts.outputs)
        let outputGradient = activation.backward(outputs: outputs, gradient: direction)
        try kernel.accumulateGradients(inputs: inputs, outputGradient: outputGradient)
        let parameters = try kernel.gradients(weights: counts.weights, bias: counts.bias)
        #expect(agrees(try kernel.inputGradient(outputGradient, count: counts.inputs), numerical.inputs))
        #expect(agrees(parameters.weights, numerical.weights))
        #expect(agrees(parameters.bias, numerical.bias))
    }
}

/// ⟨conv(x), y⟩ = ⟨x, convᵀ(y)⟩ with the same weights and no bias: what makes the one the other's transpose.
@Suite struct AdjointTests {
    @Test(arguments: Contraction.transposedConvolutions, BackendChoice.available)
    func transposedConvolutionIsTheAdjoint(contraction: Contraction, choice: BackendChoice) throws {
        guard case .transposedConvolution(let geometry) = try contraction.geometry() else { return }
        let backend = try choice.make()
        backend.prepareThread()
        let transposed = try backend.transposedConvolution(
            geometry, activation: .none, purpose: .inference, scratch: Scratch())
        let convolution = try backend.convolution(
            geometry.adjoint, activation: .none, purpose: .inference, scratch: Scratch())
        let weights: [Float] = normals(geometry.adjoint.weightCount, stream: 2)
        try transposed.load(weights: weights, bias: [Float](repeating: 0, count: geometry.outputChannels))
        try convolution.load(weights: weights, bias: [Float](repeating: 0, count: geometry.inputChannels))

        let x: [Float] = normals(geometry.outputCount, stream: 5)
        let y: [Float] = normals(geometry.inputCount, stream: 6)
        let image = try convolution.outputs(x, count: geometry.inputCount)
        let left = dot(image, y)
        let right = dot(x, try transposed.outputs(y, count: geometry.outputCount))
        let scale = zip(image, y).reduce(1.0) { $0 + abs(Double($1.0) * Double($1.1)) }
        #expect(abs(left - right) <= 1e-5 * scale)
    }
}
