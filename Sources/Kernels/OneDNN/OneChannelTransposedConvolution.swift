import CKernels
import Tensors

/// A stride-1 transposed convolution to one channel: the last layer of a decoder of grey images.
final class OneChannelTransposedConvolution {
    private let geometry: TransposedConvolutionGeometry
    /// [kernel row, kernel column, input channel]
    private let weights: AlignedBuffer

    /// Nil where the geometry is another, or its channels do not fill whole vectors.
    init?(_ geometry: TransposedConvolutionGeometry) {
        guard geometry.outputChannels == 1, geometry.adjoint.stride == Extent(1), geometry.inputChannels % 16 == 0
        else { return nil }
        self.geometry = geometry
        weights = AlignedBuffer(count: geometry.adjoint.weightCount)
    }

    /// Takes over weights [in, 1, h, w].
    func load(_ plain: UnsafePointer<Float>) {
        let (channels, kernel) = (geometry.inputChannels, geometry.adjoint.kernel)
        let taps = kernel.height * kernel.width
        for channel in 0..<channels {
            for tap in 0..<taps { weights.pointer[tap * channels + channel] = plain[channel * taps + tap] }
        }
    }

    func forward(_ inputs: UnsafePointer<Float>, bias: Float, _ outputs: UnsafeMutablePointer<Float>) {
        let adjoint = geometry.adjoint
        latentd_transposed_convolution_to_one_channel(
            Int64(adjoint.batch), Int64(geometry.inputChannels), Int64(adjoint.output.height),
            Int64(adjoint.output.width), Int64(adjoint.kernel.height), Int64(adjoint.kernel.width),
            Int64(adjoint.padding.top), Int64(adjoint.padding.left), Int64(geometry.output.height),
            Int64(geometry.output.width), inputs, weights.pointer, bias, outputs)
    }
}
