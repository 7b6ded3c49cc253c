import CKernels
import Tensors

/// The adjoint of a convolution of few input channels, which would leave most of a vector's lanes empty.
///
/// One product gives each place of `outputs` its terms for all taps of the kernel, [place, kernel row, kernel column,
/// in], in whole vectors; turned over, the terms of a tap are added up where they belong, a row at once.
final class ThinScatteredConvolution {
    private let geometry: ConvolutionGeometry
    private let set: InstructionSet
    private let product: ProductList
    private let scatter: latentd_scatter
    /// [out, kernel row, kernel column, in], each row filled up with zeros to `columns`.
    private let weights: AlignedBuffer
    private let noBias: AlignedBuffer
    /// [place, column], then [column, place]
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
        let places = geometry.output.height * geometry.output.width
        product = ProductList(
            [
                Product(
                    segments: [.init(a: 0, b: 0)], depth: geometry.outputChannels, rows: places, columns: columns,
                    aRow: geometry.outputChannels, aStep: 1, bStep: columns, cRow: columns)
            ], instructionSet)
        scatter = latentd_scatter(
            source_height: Int64(geometry.output.height), source_width: Int64(geometry.output.width),
            columns: Int64(columns), kernel_height: Int64(geometry.kernel.height),
            kernel_width: Int64(geometry.kernel.width), stride_height: Int64(geometry.stride.height),
            stride_width: Int64(geometry.stride.width), top: Int64(geometry.padding.top),
            left: Int64(geometry.padding.left), height: Int64(geometry.input.height),
            width: Int64(geometry.input.width), channels: Int64(geometry.inputChannels))
        weights = shared?.weights ?? AlignedBuffer(count: geometry.outputChannels * columns)
        self.scratch = scratch
        scratch.reserve(2 * places * columns)
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
        let places = geometry.output.height * geometry.output.width
        let terms = scratch.pointer
        let turned = terms + places * columns
        for index in 0..<geometry.batch {
            product.run(a: outputs + index * outputCount, b: weights.pointer, bias: noBias.pointer, c: terms)
            latentd_transpose(set.value, Int64(places), Int64(columns), terms, Int64(places), turned)
            withUnsafePointer(to: scatter) {
                latentd_scatter_terms(set.value, $0, turned, bias, inputs + index * inputCount)
            }
        }
    }
}
