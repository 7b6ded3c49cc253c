import Tensors

/// The gradient of a convolution's weights: one product a row of the kernel, whose depth runs over the rows of outputs.
final class WeightGradient {
    private let geometry: ConvolutionGeometry
    private let image: PaddedImage
    private let products: ProductList
    /// [kernel row, kernel column, in, out]
    private let gradient: AlignedBuffer

    init(_ geometry: ConvolutionGeometry, _ instructionSet: InstructionSet) {
        self.geometry = geometry
        let g = geometry
        image = PaddedImage(g)
        let (ins, outs, paddedWidth) = (g.inputChannels, g.outputChannels, image.width)
        products = ProductList(
            (0..<g.kernel.height).map { kernelRow in
                Product(
                    segments: (0..<g.output.height).compactMap { row in
                        guard g.kernelRows(outputRow: row).contains(kernelRow) else { return nil }
                        return .init(
                            a: (row * g.stride.height + kernelRow - g.padding.top) * paddedWidth * ins,
                            b: row * g.output.width * outs)
                    }, depth: g.output.width, rows: g.kernel.width * ins, columns: outs, aRow: 1,
                    aStep: g.stride.width * ins, bStep: outs, cRow: outs,
                    cOffset: kernelRow * g.kernel.width * ins * outs)
            }, instructionSet)
        gradient = AlignedBuffer(count: g.weightCount)
    }

    func accumulate(_ inputs: UnsafePointer<Float>, _ outputGradient: UnsafePointer<Float>) {
        let (inputCount, outputCount) = (geometry.inputCount / geometry.batch, geometry.outputCount / geometry.batch)
        for index in 0..<geometry.batch {
            products.run(
                a: image.padded(inputs + index * inputCount), b: outputGradient + index * outputCount, bias: nil,
                c: gradient.pointer)
        }
    }

    /// Writes weights [out, in, h, w] and starts again from zero.
    func collect(_ plain: UnsafeMutablePointer<Float>) {
        let (ins, outs) = (geometry.inputChannels, geometry.outputChannels)
        let taps = geometry.kernel.height * geometry.kernel.width
        for o in 0..<outs {
            for i in 0..<ins {
                for tap in 0..<taps { plain[(o * ins + i) * taps + tap] = gradient.pointer[(tap * ins + i) * outs + o] }
            }
        }
        gradient.fill(0)
    }
}
