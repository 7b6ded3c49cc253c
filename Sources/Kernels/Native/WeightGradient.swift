import Tensors

/// The gradient of a convolution's weights: a product's depth runs along the outputs of a row, its segments are the rows.
final class WeightGradient {
    private let geometry: ConvolutionGeometry
    private let image: PaddedImage?
    private let way: Way
    /// [kernel row, kernel column, in, out]
    private let gradient: AlignedBuffer
    /// With fewer channels a product takes all columns of the kernel at once, over an image with zeros at its sides.
    private static let fewest = 8

    private enum Way {
        case products(ProductList)
        case minimal(MinimalWeightGradient)
    }

    init(_ geometry: ConvolutionGeometry, _ instructionSet: InstructionSet, scratch: Scratch) {
        self.geometry = geometry
        let g = geometry
        gradient = AlignedBuffer(count: g.weightCount)
        if let minimal = MinimalWeightGradient(Correlation(g), batch: g.batch, instructionSet, scratch: scratch) {
            way = .minimal(minimal)
            image = nil
            return
        }
        image = g.inputChannels < Self.fewest ? PaddedImage(g, scratch: scratch) : nil
        let products =
            if let image {
                Self.products(
                    g, kernelColumns: 0..<g.kernel.width, outputs: 0..<g.output.width, margin: 0, width: image.width)
            } else {
                (0..<g.kernel.width).flatMap { column in
                    Self.products(
                        g, kernelColumns: column..<column + 1, outputs: g.axes.horizontal.outputs(through: column),
                        margin: g.padding.left, width: g.input.width)
                }
            }
        way = .products(ProductList(products, instructionSet))
    }

    /// One product a row of the kernel for some of its columns and the outputs that see the image through all of them.
    ///
    /// - Parameters:
    ///   - margin: the zeros on the left that the image does not have.
    ///   - width: the image's.
    private static func products(
        _ g: ConvolutionGeometry, kernelColumns: Range<Int>, outputs: Range<Int>, margin: Int, width: Int
    ) -> [Product] {
        let (ins, outs) = (g.inputChannels, g.outputChannels)
        let firstColumn = outputs.lowerBound * g.stride.width + kernelColumns.lowerBound - margin
        return (0..<g.kernel.height).map { kernelRow in
            let rows = outputs.isEmpty ? 0..<0 : g.axes.vertical.outputs(through: kernelRow)
            return Product(
                segments: rows.map { row in
                    .init(
                        a: (g.axes.vertical.place(row, kernelRow) * width + firstColumn) * ins,
                        b: (row * g.output.width + outputs.lowerBound) * outs)
                }, depth: outputs.count, rows: kernelColumns.count * ins, columns: outs, aRow: 1,
                aStep: g.stride.width * ins, bStep: outs, cRow: outs,
                cOffset: (kernelRow * g.kernel.width + kernelColumns.lowerBound) * ins * outs)
        }
    }

    func accumulate(_ inputs: UnsafePointer<Float>, _ outputGradient: UnsafePointer<Float>) {
        switch way {
        case .products(let list): accumulate(list, inputs, outputGradient)
        case .minimal(let minimal): minimal.accumulate(inputs, outputGradient)
        }
    }

    private func accumulate(
        _ products: ProductList, _ inputs: UnsafePointer<Float>, _ outputGradient: UnsafePointer<Float>
    ) {
        let (inputCount, outputCount) = (geometry.inputCount / geometry.batch, geometry.outputCount / geometry.batch)
        for index in 0..<geometry.batch {
            let source = inputs + index * inputCount
            products.run(
                a: image?.padded(source) ?? source, b: outputGradient + index * outputCount, bias: nil,
                c: gradient.pointer)
        }
    }

    /// Writes weights [out, in, h, w] and starts again from zero.
    func collect(_ plain: UnsafeMutablePointer<Float>) {
        if case .minimal(let minimal) = way { minimal.collect(gradient.pointer) }
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

extension WindowAxis {
    /// The outputs that see the source through a tap.
    func outputs(through tap: Int) -> Range<Int> {
        let reached = (0..<outputs).filter { taps(of: $0).contains(tap) }
        guard let first = reached.first, let last = reached.last else { return 0..<0 }
        return first..<last + 1
    }
}
