import Tensors

/// outputs = f(weights ∗ inputs + bias): each row of outputs is one product, whose segments are the kernel's rows.
final class DirectConvolution {
    private let geometry: ConvolutionGeometry
    private let image: PaddedImage
    private let rows: ProductList
    /// [kernel row, kernel column, in, out]
    private let weights: AlignedBuffer

    init(_ geometry: ConvolutionGeometry, _ instructionSet: InstructionSet) {
        self.geometry = geometry
        let g = geometry
        image = PaddedImage(g)
        let rowLength = image.width * g.inputChannels
        rows = ProductList(
            (0..<g.output.height).map { row in
                Product(
                    segments: g.kernelRows(outputRow: row).map {
                        .init(
                            a: (row * g.stride.height + $0 - g.padding.top) * rowLength,
                            b: $0 * g.kernel.width * g.inputChannels * g.outputChannels)
                    }, depth: g.kernel.width * g.inputChannels, rows: g.output.width, columns: g.outputChannels,
                    aRow: g.stride.width * g.inputChannels, aStep: 1, bStep: g.outputChannels,
                    cRow: g.outputChannels, cOffset: row * g.output.width * g.outputChannels)
            }, instructionSet)
        weights = AlignedBuffer(count: g.weightCount)
    }

    /// Takes over weights [out, in, h, w].
    func load(_ plain: UnsafePointer<Float>) {
        let (ins, outs) = (geometry.inputChannels, geometry.outputChannels)
        let taps = geometry.kernel.height * geometry.kernel.width
        for o in 0..<outs {
            for i in 0..<ins {
                for tap in 0..<taps { weights.pointer[(tap * ins + i) * outs + o] = plain[(o * ins + i) * taps + tap] }
            }
        }
    }

    func run(
        _ inputs: UnsafePointer<Float>, bias: UnsafePointer<Float>, slope: Float,
        _ outputs: UnsafeMutablePointer<Float>
    ) {
        let (inputCount, outputCount) = (geometry.inputCount / geometry.batch, geometry.outputCount / geometry.batch)
        for index in 0..<geometry.batch {
            rows.run(
                a: image.padded(inputs + index * inputCount), b: weights.pointer, bias: bias, slope: slope,
                c: outputs + index * outputCount)
        }
    }
}

extension PaddedImage {
    /// The input of a convolution with its margins on the left and right.
    convenience init(_ geometry: ConvolutionGeometry) {
        let g = geometry
        self.init(
            height: g.input.height, sourceWidth: g.input.width, channels: g.inputChannels, left: g.padding.left,
            width: max((g.output.width - 1) * g.stride.width + g.kernel.width, g.padding.left + 1))
    }
}

extension ConvolutionGeometry {
    /// The kernel's rows that meet the input for a row of outputs.
    func kernelRows(outputRow: Int) -> Range<Int> {
        let first = outputRow * stride.height - padding.top
        let lower = min(max(0, -first), kernel.height)
        return lower..<max(lower, min(kernel.height, input.height - first))
    }
}
