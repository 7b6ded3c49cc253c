import Tensors
import Testing

@testable import Kernels

/// One contraction to test, as numbers: geometries throw, so they are made inside the tests.
struct Contraction: Sendable, CustomTestStringConvertible {
    enum Kind: Sendable { case dense, convolution, transposedConvolution }

    var kind: Kind
    var batch = 1
    var inputs: Int
    var outputs: Int
    var input = Extent(1)
    var kernel = Extent(1)
    var stride = Extent(1)
    var margins = Margins.zero

    var testDescription: String {
        "\(kind) \(batch)x\(inputs)→\(outputs), \(input.height)x\(input.width), kernel \(kernel.height)x\(kernel.width), "
            + "stride \(stride.height),\(stride.width), margins \(margins.top),\(margins.left),\(margins.bottom),"
            + "\(margins.right)"
    }

    func geometry() throws -> Geometry {
        switch kind {
        case .dense: .dense(try DenseGeometry(batch: batch, inputs: inputs, outputs: outputs))
        case .convolution:
            .convolution(
                try ConvolutionGeometry(
                    batch: batch, inputChannels: inputs, input: input, outputChannels: outputs, kernel: kernel,
                    stride: stride, padding: margins))
        case .transposedConvolution:
            .transposedConvolution(
                try TransposedConvolutionGeometry(
                    batch: batch, inputChannels: inputs, input: input, outputChannels: outputs, kernel: kernel,
                    stride: stride, crop: margins))
        }
    }

    enum Geometry {
        case dense(DenseGeometry)
        case convolution(ConvolutionGeometry)
        case transposedConvolution(TransposedConvolutionGeometry)

        /// Elements of the inputs, outputs, weights and bias.
        var counts: (inputs: Int, outputs: Int, weights: Int, bias: Int) {
            switch self {
            case .dense(let g): (g.batch * g.inputs, g.batch * g.outputs, g.inputs * g.outputs, g.outputs)
            case .convolution(let g): (g.inputCount, g.outputCount, g.weightCount, g.outputChannels)
            case .transposedConvolution(let g):
                (g.inputCount, g.outputCount, g.adjoint.weightCount, g.outputChannels)
            }
        }

        func kernel(
            _ backend: any Backend, activation: Activation = .none, purpose: KernelPurpose
        ) throws -> any LinearKernel<Float> {
            switch self {
            case .dense(let g): try backend.dense(g, activation: activation, purpose: purpose, scratch: Scratch())
            case .convolution(let g):
                try backend.convolution(g, activation: activation, purpose: purpose, scratch: Scratch())
            case .transposedConvolution(let g):
                try backend.transposedConvolution(g, activation: activation, purpose: purpose, scratch: Scratch())
            }
        }

        func reference<Scalar: KernelScalar>(activation: Activation = .none) -> any LinearKernel<Scalar> {
            switch self {
            case .dense(let g): ReferenceDenseKernel(g, activation: activation)
            case .convolution(let g): ReferenceConvolutionKernel(g, activation: activation)
            case .transposedConvolution(let g): ReferenceTransposedConvolutionKernel(g, activation: activation)
            }
        }
    }
}

extension Contraction {
    /// Odd and even sizes, 1 to 64 channels, kernels 1 to 5, strides 1 to 3, margins that differ by side.
    static let convolutions: [Contraction] = [
        convolution(1, 1, 1, (1, 1), (1, 1)),
        convolution(2, 1, 3, (7, 7), (3, 3), margins: (1, 1, 1, 1)),
        convolution(5, 3, 5, (8, 8), (3, 3), stride: (2, 2), margins: (0, 0, 1, 1)),
        convolution(1, 5, 17, (5, 6), (2, 2), margins: (0, 0, 1, 1)),
        convolution(2, 17, 33, (3, 4), (3, 3), margins: (1, 1, 1, 1)),
        convolution(1, 33, 64, (3, 3), (3, 3), stride: (2, 2), margins: (1, 1, 1, 1)),
        convolution(1, 64, 64, (2, 3), (3, 3), margins: (1, 1, 1, 1)),
        convolution(2, 64, 1, (4, 4), (3, 3), margins: (1, 1, 1, 1)),
        convolution(1, 1, 32, (9, 9), (5, 5), stride: (3, 3), margins: (2, 1, 0, 3)),
        convolution(5, 3, 3, (6, 9), (1, 1), stride: (2, 2)),
        convolution(2, 5, 3, (7, 10), (2, 3), stride: (3, 2), margins: (0, 2, 1, 0)),
        convolution(1, 3, 1, (11, 5), (5, 1), stride: (2, 1), margins: (4, 0, 2, 0)),
        convolution(1, 17, 5, (6, 6), (1, 1)),
        convolution(2, 3, 17, (10, 10), (5, 5), stride: (2, 2), margins: (1, 1, 2, 2)),
        convolution(1, 5, 5, (6, 6), (2, 2), stride: (2, 2)),
        convolution(1, 3, 5, (7, 7), (2, 2), stride: (3, 3)),
        convolution(1, 16, 16, (5, 5), (3, 3), margins: (2, 2, 2, 2)),
        convolution(1, 3, 4, (3, 3), (2, 2), margins: (3, 0, 0, 3)),
        // Vectors go down the depth, which does not fill the last one; more rows than one tile has.
        convolution(2, 24, 3, (4, 37), (3, 3), margins: (1, 1, 1, 1)),
        convolution(1, 40, 15, (3, 18), (1, 2)),
        // Minimal filtering: tiles that hang over, several strips of tiles, windows of two and three taps.
        convolution(2, 16, 32, (21, 20), (3, 3), margins: (0, 1, 2, 0)),
        convolution(1, 32, 16, (9, 12), (2, 3), margins: (1, 0, 0, 2)),
        // Tiles of four outputs, several images to a strip and several strips.
        convolution(3, 16, 32, (7, 7), (3, 3), margins: (1, 1, 1, 1)),
        convolution(9, 48, 64, (7, 8), (3, 3), margins: (1, 1, 1, 1)),
        convolution(2, 16, 16, (12, 1), (3, 1), margins: (1, 0, 1, 0)),
        // Windows that slide by two, in both directions and in one.
        convolution(3, 16, 48, (14, 12), (3, 3), stride: (2, 2), margins: (0, 0, 1, 1)),
        convolution(2, 32, 16, (13, 16), (3, 3), stride: (2, 2), margins: (1, 1, 1, 1)),
        convolution(1, 16, 16, (13, 11), (3, 3), stride: (2, 1), margins: (1, 0, 1, 2)),
    ]

    static let transposedConvolutions: [Contraction] = [
        transposed(1, 1, 1, (1, 1), (1, 1)),
        transposed(2, 3, 1, (7, 7), (3, 3), margins: (1, 1, 1, 1)),
        transposed(5, 5, 3, (4, 4), (3, 3), stride: (2, 2), margins: (0, 0, 1, 1)),
        transposed(1, 17, 5, (3, 4), (2, 2), stride: (2, 2)),
        transposed(2, 33, 17, (3, 3), (3, 3), margins: (1, 1, 1, 1)),
        transposed(1, 64, 33, (2, 2), (3, 3), stride: (2, 2), margins: (0, 0, 1, 1)),
        transposed(1, 64, 64, (3, 2), (3, 3), margins: (1, 1, 1, 1)),
        transposed(3, 16, 1, (5, 4), (3, 3), margins: (1, 1, 1, 1)),
        transposed(2, 32, 1, (4, 6), (3, 2), margins: (0, 1, 2, 0)),
        transposed(1, 48, 1, (1, 3), (1, 5)),
        transposed(2, 64, 1, (4, 4), (3, 3), stride: (2, 2), margins: (1, 1, 0, 0)),
        transposed(1, 1, 32, (3, 3), (5, 5), stride: (3, 3), margins: (1, 1, 1, 1)),
        transposed(5, 3, 3, (3, 4), (1, 1), stride: (2, 2)),
        transposed(2, 5, 3, (3, 5), (2, 3), stride: (3, 2), margins: (0, 1, 1, 0)),
        transposed(1, 3, 5, (3, 3), (5, 1), stride: (2, 1), margins: (4, 0, 2, 0)),
        transposed(2, 40, 3, (19, 35), (4, 3), stride: (2, 1), margins: (1, 1, 1, 1)),
        transposed(2, 17, 3, (5, 5), (5, 5), stride: (2, 2), margins: (1, 1, 2, 2)),
        transposed(1, 32, 16, (9, 10), (3, 3), stride: (2, 2), margins: (0, 0, 1, 1)),
        transposed(2, 16, 16, (12, 9), (4, 4), stride: (2, 2), margins: (1, 1, 1, 1)),
        transposed(1, 16, 32, (8, 7), (5, 6), stride: (2, 2), margins: (2, 1, 1, 2)),
        transposed(3, 32, 16, (7, 14), (3, 3), stride: (2, 2), margins: (0, 0, 1, 1)),
        transposed(2, 16, 16, (14, 7), (3, 3), margins: (1, 1, 1, 1)),
    ]

    static let denses: [Contraction] = [
        (1, 1, 1), (2, 3, 5), (5, 17, 33), (1, 64, 2), (5, 33, 64), (3, 100, 1), (2, 1, 17),
        // Several panels, the last of them partly filled, on both sides.
        (3, 130, 70), (2, 70, 200), (1, 64, 128),
        // More rows than a tile of dot products.
        (21, 75, 3), (21, 3, 75),
    ].map { Contraction(kind: .dense, batch: $0.0, inputs: $0.1, outputs: $0.2) }

    static let all = convolutions + transposedConvolutions + denses

    static func convolution(
        _ batch: Int, _ inputs: Int, _ outputs: Int, _ input: (Int, Int), _ kernel: (Int, Int),
        stride: (Int, Int) = (1, 1), margins: (Int, Int, Int, Int) = (0, 0, 0, 0)
    ) -> Contraction {
        Contraction(
            kind: .convolution, batch: batch, inputs: inputs, outputs: outputs,
            input: Extent(height: input.0, width: input.1), kernel: Extent(height: kernel.0, width: kernel.1),
            stride: Extent(height: stride.0, width: stride.1),
            margins: Margins(top: margins.0, left: margins.1, bottom: margins.2, right: margins.3))
    }

    static func transposed(
        _ batch: Int, _ inputs: Int, _ outputs: Int, _ input: (Int, Int), _ kernel: (Int, Int),
        stride: (Int, Int) = (1, 1), margins: (Int, Int, Int, Int) = (0, 0, 0, 0)
    ) -> Contraction {
        var result = convolution(batch, inputs, outputs, input, kernel, stride: stride, margins: margins)
        result.kind = .transposedConvolution
        return result
    }
}
