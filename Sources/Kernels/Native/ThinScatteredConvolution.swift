import CKernels
import Tensors

/// The adjoint of a convolution of few input channels, which would leave most of a vector's lanes empty.
///
/// One product gives each place of `outputs` its terms for all taps of the kernel, [place, kernel row, kernel column,
/// in], in whole vectors; turned over, the terms of a tap are added up where they belong, a row at once. It goes through
/// the rows in bands, so that a large image does not need as many terms.
final class ThinScatteredConvolution {
    private let geometry: ConvolutionGeometry
    private let set: InstructionSet
    /// Of a band, and of the last where that is shorter.
    private let product, rest: ProductList
    private let bandRows: Int
    private let scatter: latentd_scatter
    /// [out, kernel row, kernel column, in], each row filled up with zeros to `columns`.
    private let weights: AlignedBuffer
    private let noBias: AlignedBuffer
    /// [place of a band, column], then [column, place of a band]
    private let scratch: Scratch
    private let columns: Int
    private static let lanes = 16

    /// Nil where whole channels fill vectors better.
    init?(
        _ geometry: ConvolutionGeometry, _ instructionSet: InstructionSet, scratch: Scratch,
        sharing shared: ThinScatteredConvolution? = nil
    ) {
        let taps = geometry.kernel.height * geometry.kernel.width * geometry.inputChannels
        guard geometry.inputChannels < Self.lanes / 2, taps <= 8 * Self.lanes else { return nil }
        (self.geometry, set) = (geometry, instructionSet)
        columns = (taps + Self.lanes - 1) / Self.lanes * Self.lanes
        let (depth, columns, height, width) = (
            geometry.outputChannels, columns, geometry.output.height, geometry.output.width
        )
        // Places that fill whole vectors when they are turned over.
        let bandRows = min(height, (1...Self.lanes).first { $0 * width % Self.lanes == 0 } ?? Self.lanes)
        func products(rows: Int) -> ProductList {
            let product = Product(
                segments: [.init(a: 0, b: 0)], depth: depth, rows: rows * width, columns: columns, aRow: depth,
                aStep: 1, bStep: columns, cRow: columns)
            return ProductList([product], instructionSet)
        }
        self.bandRows = bandRows
        product = products(rows: bandRows)
        rest = products(rows: height % bandRows)
        scatter = latentd_scatter(
            source_width: Int64(geometry.output.width), kernel_height: Int64(geometry.kernel.height),
            kernel_width: Int64(geometry.kernel.width), stride_height: Int64(geometry.stride.height),
            stride_width: Int64(geometry.stride.width), top: Int64(geometry.padding.top),
            left: Int64(geometry.padding.left), height: Int64(geometry.input.height),
            width: Int64(geometry.input.width), channels: Int64(geometry.inputChannels))
        weights = shared?.weights ?? AlignedBuffer(count: geometry.outputChannels * columns)
        self.scratch = scratch
        scratch.reserve(2 * bandRows * width * columns)
        noBias = AlignedBuffer(count: columns)
    }

    /// Takes over weights [out, in, h, w].
    func load(_ plain: UnsafePointer<Float>) {
        let (ins, taps) = (geometry.inputChannels, geometry.kernel.height * geometry.kernel.width)
        for o in 0..<geometry.outputChannels {
            for i in 0..<ins {
                for tap in 0..<taps {
                    weights.pointer[o * columns + tap * ins + i] = plain[(o * ins + i) * taps + tap]
                }
            }
        }
    }

    func run(
        _ outputs: UnsafePointer<Float>, bias: UnsafePointer<Float>, _ inputs: UnsafeMutablePointer<Float>
    ) {
        let (inputCount, outputCount) = (geometry.inputCount / geometry.batch, geometry.outputCount / geometry.batch)
        let (height, width) = (geometry.output.height, geometry.output.width)
        let terms = scratch.pointer
        let turned = terms + bandRows * width * columns
        for index in 0..<geometry.batch {
            let (outputs, inputs) = (outputs + index * outputCount, inputs + index * inputCount)
            for first in stride(from: 0, to: height, by: bandRows) {
                let rows = min(bandRows, height - first)
                let product = rows < bandRows ? rest : product
                product.run(
                    a: outputs + first * width * geometry.outputChannels, b: weights.pointer, bias: noBias.pointer,
                    c: terms)
                latentd_transpose(
                    set.value, Int64(rows * width), Int64(columns), terms, Int64(rows * width), turned)
                withUnsafePointer(to: scatter) {
                    latentd_scatter_terms(set.value, $0, Int64(first), Int64(rows), turned, bias, inputs)
                }
            }
        }
    }
}
