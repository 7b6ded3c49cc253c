import Testing

@testable import Kernels

@Suite struct GeometryTests {
    /// Keras' "same": (before, after) for an input, kernel and stride.
    @Test(arguments: [
        (input: 28, kernel: 3, stride: 1, before: 1, after: 1), (28, 3, 2, 0, 1), (14, 3, 2, 0, 1), (7, 3, 1, 1, 1),
        (7, 3, 2, 1, 1), (8, 2, 2, 0, 0), (7, 2, 2, 0, 1), (8, 5, 2, 1, 2), (9, 5, 3, 1, 1), (5, 1, 2, 0, 0),
        (4, 1, 3, 0, 0), (28, 4, 1, 1, 2), (1, 3, 2, 1, 1), (10, 3, 3, 1, 1), (11, 3, 3, 0, 1),
    ])
    func samePadding(input: Int, kernel: Int, stride: Int, before: Int, after: Int) throws {
        let margins = ConvolutionGeometry.samePadding(
            input: Extent(input), kernel: Extent(kernel), stride: Extent(stride))
        #expect(margins == Margins(top: before, left: before, bottom: after, right: after))
        let geometry = try ConvolutionGeometry(
            batch: 1, inputChannels: 1, input: Extent(input), outputChannels: 1, kernel: Extent(kernel),
            stride: Extent(stride), padding: margins)
        #expect(geometry.output == Extent((input + stride - 1) / stride))
    }

    /// Keras' crops: output = input · stride.
    @Test(arguments: [
        (kernel: 3, stride: 1, before: 1, after: 1), (3, 2, 0, 1), (2, 2, 0, 0), (4, 2, 1, 1), (5, 2, 1, 2),
        (5, 3, 1, 1),
        (1, 1, 0, 0), (3, 3, 0, 0),
    ])
    func sameCrop(kernel: Int, stride: Int, before: Int, after: Int) throws {
        let crop = try #require(
            TransposedConvolutionGeometry.sameCrop(kernel: Extent(kernel), stride: Extent(stride)))
        #expect(crop == Margins(top: before, left: before, bottom: after, right: after))
        let geometry = try TransposedConvolutionGeometry(
            batch: 1, inputChannels: 1, input: Extent(7), outputChannels: 1, kernel: Extent(kernel),
            stride: Extent(stride), crop: crop)
        #expect(geometry.output == Extent(7 * stride))
    }

    @Test func sameCropNeedsAKernelAsLargeAsTheStride() {
        #expect(TransposedConvolutionGeometry.sameCrop(kernel: Extent(2), stride: Extent(3)) == nil)
    }

    @Test func directionsAreIndependent() {
        let margins = ConvolutionGeometry.samePadding(
            input: Extent(height: 28, width: 7), kernel: Extent(height: 3, width: 5),
            stride: Extent(height: 2, width: 1))
        #expect(margins == Margins(top: 0, left: 2, bottom: 1, right: 2))
    }

    /// What cannot be computed is an error of its own, never a trap: these numbers come from files and requests.
    @Test(arguments: [
        Contraction.convolution(0, 1, 1, (4, 4), (3, 3)),
        .convolution(-1, 1, 1, (4, 4), (3, 3)),
        .convolution(1, 0, 1, (4, 4), (3, 3)),
        .convolution(1, 1, 0, (4, 4), (3, 3)),
        .convolution(1, 1, 1, (2, 4), (3, 3)),
        .convolution(1, 1, 1, (4, 4), (0, 3)),
        .convolution(1, 1, 1, (4, 4), (3, 3), stride: (0, 1)),
        .convolution(1, 1, 1, (4, 4), (3, 3), stride: (-2, 1)),
        .convolution(1, 1, 1, (4, 4), (3, 3), margins: (-1, 0, 0, 0)),
        .convolution(1, 1, 1, (4, 4), (3, 3), margins: (.max, 0, .max, 0)),
        .convolution(.max, 2, 2, (4, 4), (3, 3)),
        .convolution(1, .max, .max, (4, 4), (3, 3)),
        .convolution(1, 1 << 20, 1 << 20, (4, 4), (3, 3)),
        .convolution(1, 1, 1, (.max, .max), (3, 3)),
        .convolution(1, 1, 1, (4, 4), (.max, .max)),
        .convolution(1, 1, 1, (.min, 4), (.min, .min)),
        .transposed(0, 1, 1, (4, 4), (3, 3)),
        .transposed(1, 1, 1, (0, 4), (3, 3)),
        .transposed(1, 1, 1, (1, 1), (3, 3), margins: (2, 0, 1, 0)),
        .transposed(1, 1, 1, (4, 4), (3, 3), margins: (-1, 0, 0, 0)),
        .transposed(1, 1, 1, (4, 4), (3, 3), margins: (.max, .max, .max, .max)),
        .transposed(1, 1, 1, (4, 4), (3, 3), margins: (.max, 0, 0, 0)),
        .transposed(1, 1, 1, (4, 4), (.max, .max)),
        .transposed(1, 1, 1, (4, 4), (.min, .min), margins: (1, 1, 1, 1)),
        .transposed(1, 1, 1, (4, 4), (0, 0)),
        .transposed(1, 1, 1, (4, 4), (3, 3), stride: (0, 0)),
        .transposed(1, 1, 1, (4, 4), (3, 3), stride: (.max, .max)),
        .transposed(1, 1, 1, (4, 4), (3, 3), stride: (.min, .min)),
        .transposed(1, 1, 1, (.max, .max), (3, 3)),
        .transposed(1, .max, .max, (4, 4), (3, 3)),
        .transposed(1 << 40, 1 << 10, 1 << 10, (4, 4), (3, 3)),
        Contraction(kind: .dense, batch: 0, inputs: 1, outputs: 1),
        Contraction(kind: .dense, batch: 1, inputs: 0, outputs: 1),
        Contraction(kind: .dense, batch: 1, inputs: 1, outputs: -1),
        Contraction(kind: .dense, batch: 1, inputs: .max, outputs: .max),
        Contraction(kind: .dense, batch: -1, inputs: -1, outputs: -1),
        Contraction(kind: .dense, batch: 1, inputs: 1 << 20, outputs: 1 << 20),
    ])
    func refusesWhatHasNoOutput(contraction: Contraction) {
        #expect {
            _ = try contraction.geometry()
        } throws: { error in
            if case KernelError.invalidGeometry = error { true } else { false }
        }
    }

    @Test func aBackendThatIsNotBuiltInIsAnError() throws {
        if OneDNNBackend.version == nil {
            #expect(throws: KernelError.backendUnavailable("onednn")) { try BackendChoice.onednn.make() }
        }
        for choice in BackendChoice.available { #expect(try choice.make().name == choice.rawValue) }
        #expect(try BackendChoice.automatic.make().name == "native-\(InstructionSet.best)")
        for set in InstructionSet.allCases where !InstructionSet.available.contains(set) {
            #expect(throws: KernelError.backendUnavailable("native-\(set)")) { try NativeBackend(requiring: set) }
        }
    }
}
