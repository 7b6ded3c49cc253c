import Tensors

/// Room for one channels-last image with columns of zeros on both sides, so that no product has to look for the edge.
final class PaddedImage {
    let width: Int
    private let height, sourceWidth, channels, left: Int
    private let buffer: AlignedBuffer

    /// - Parameter width: of the padded rows; what of the image lies beyond is left out.
    init(height: Int, sourceWidth: Int, channels: Int, left: Int, width: Int) {
        (self.height, self.sourceWidth, self.channels) = (height, sourceWidth, channels)
        (self.left, self.width) = (left, width)
        buffer = AlignedBuffer(count: left == 0 && width == sourceWidth ? 0 : height * width * channels)
    }

    /// The padded image; valid until the next call.
    func padded(_ image: UnsafePointer<Float>) -> UnsafePointer<Float> {
        guard buffer.count > 0 else { return image }
        let count = min(sourceWidth, width - left) * channels
        for row in 0..<height {
            (buffer.pointer + (row * width + left) * channels).update(
                from: image + row * sourceWidth * channels, count: count)
        }
        return UnsafePointer(buffer.pointer)
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
