import Tensors

/// The adjoint of a convolution: inputs = f(weightsᵀ ∗ outputs + bias), in the convolution's names.
///
/// With stride s the places of its result fall into s² phases that see different taps of the kernel. A row of one phase
/// is one product, whose segments are the kernel's rows and whose depth runs over the phase's columns of the kernel.
final class ScatteredConvolution {
    private let geometry: ConvolutionGeometry
    private let image: PaddedImage
    private let rows: ProductList
    private let phases: [Phase]
    /// For each phase [kernel row, kernel column of the phase (descending), out, in].
    private let weights: AlignedBuffer

    /// The columns x, x + s, … of the result.
    private struct Phase {
        let firstColumn, count: Int
        /// The kernel's columns that reach it, those further to the left of the source first.
        let taps: [Int]
        /// The source's column of the first tap at the first place; negative in the left margin.
        let source: Int
        let weightOffset: Int
    }

    init(_ geometry: ConvolutionGeometry, _ instructionSet: InstructionSet) {
        self.geometry = geometry
        let g = geometry
        let (ins, outs, stride) = (g.inputChannels, g.outputChannels, g.stride.width)
        var offset = 0
        phases = (0..<min(stride, g.input.width)).map { first in
            let taps = descending(from: g.kernel.width - 1, first + g.padding.left, stride)
            defer { offset += g.kernel.height * taps.count * ins * outs }
            let source = taps.first.map { (first + g.padding.left - $0) / stride } ?? 0
            return Phase(
                firstColumn: first, count: (g.input.width - first + stride - 1) / stride, taps: taps, source: source,
                weightOffset: offset)
        }
        let left = max(0, phases.map { -$0.source }.max() ?? 0)
        let right = phases.map { $0.source + $0.count + $0.taps.count - 1 }.max() ?? 0
        image = PaddedImage(
            height: g.output.height, sourceWidth: g.output.width, channels: outs, left: left,
            width: max(left + right, left + 1))
        weights = AlignedBuffer(count: offset)
        let rowLength = image.width * outs
        var products: [Product] = []
        for phase in phases {
            for row in 0..<g.input.height {
                let segments: [Product.Segment] = (0..<g.kernel.height).compactMap { kernelRow in
                    let distance = row + g.padding.top - kernelRow
                    guard distance >= 0, distance % g.stride.height == 0, !phase.taps.isEmpty else { return nil }
                    let source = distance / g.stride.height
                    guard source < g.output.height else { return nil }
                    return .init(
                        a: source * rowLength, b: phase.weightOffset + kernelRow * phase.taps.count * outs * ins)
                }
                products.append(
                    Product(
                        segments: segments, depth: phase.taps.count * outs, rows: phase.count, columns: ins,
                        aRow: outs, aStep: 1, bStep: ins, cRow: stride * ins,
                        aOffset: (left + phase.source) * outs,
                        cOffset: (row * g.input.width + phase.firstColumn) * ins))
            }
        }
        rows = ProductList(products, instructionSet)
    }

    /// The elements of all results.
    var inputCount: Int { geometry.inputCount }

    /// Takes over weights [out, in, h, w].
    func load(_ plain: UnsafePointer<Float>) {
        let g = geometry
        let (ins, outs, height, width) = (g.inputChannels, g.outputChannels, g.kernel.height, g.kernel.width)
        for phase in phases {
            for kernelRow in 0..<height {
                for (place, kernelColumn) in phase.taps.enumerated() {
                    let target =
                        weights.pointer + phase.weightOffset
                        + (kernelRow * phase.taps.count + place) * outs * ins
                    for o in 0..<outs {
                        for i in 0..<ins {
                            target[o * ins + i] = plain[((o * ins + i) * height + kernelRow) * width + kernelColumn]
                        }
                    }
                }
            }
        }
    }

    func run(
        _ outputs: UnsafePointer<Float>, bias: UnsafePointer<Float>, slope: Float,
        _ inputs: UnsafeMutablePointer<Float>
    ) {
        let (inputCount, outputCount) = (geometry.inputCount / geometry.batch, geometry.outputCount / geometry.batch)
        for index in 0..<geometry.batch {
            rows.run(
                a: image.padded(outputs + index * outputCount), b: weights.pointer, bias: bias, slope: slope,
                c: inputs + index * inputCount)
        }
    }
}

/// The numbers from `last` downwards that are congruent to `phase` modulo `stride`.
private func descending(from last: Int, _ phase: Int, _ stride: Int) -> [Int] {
    Swift.stride(from: last - ((last - phase) % stride + stride) % stride, through: 0, by: -stride).map { $0 }
}
