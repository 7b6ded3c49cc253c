import Tensors

/// One channels-last image with columns of zeros on both sides, so that no product has to look for the edge.
struct PaddedImage {
    let width: Int
    private let height, sourceWidth, channels, left: Int
    private let scratch: Scratch

    /// The input of a convolution with its margins on the left and right; what lies beyond the last output is left out.
    init(_ geometry: ConvolutionGeometry, scratch: Scratch) {
        let g = geometry
        (height, sourceWidth, channels, left) = (g.input.height, g.input.width, g.inputChannels, g.padding.left)
        width = max((g.output.width - 1) * g.stride.width + g.kernel.width, g.padding.left + 1)
        self.scratch = scratch
        if !isWhole { scratch.reserve(height * width * channels) }
    }

    /// Nothing to add and nothing to leave out.
    private var isWhole: Bool { left == 0 && width == sourceWidth }

    /// The padded image; valid until the scratch is used again.
    func padded(_ image: UnsafePointer<Float>) -> UnsafePointer<Float> {
        guard !isWhole else { return image }
        let (before, inside) = (left * channels, min(sourceWidth, width - left) * channels)
        let padded = scratch.pointer
        for row in 0..<height {
            let target = padded + row * width * channels
            target.update(repeating: 0, count: before)
            (target + before).update(from: image + row * sourceWidth * channels, count: inside)
            (target + before + inside).update(repeating: 0, count: width * channels - before - inside)
        }
        return UnsafePointer(padded)
    }
}
