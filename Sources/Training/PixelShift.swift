import Autoencoders
import Tensors

/// An image moved by whole pixels. What leaves is lost, what comes in is 0.
struct PixelShift: Equatable {
    var down, right: Int

    init(down: Int, right: Int) { (self.down, self.right) = (down, right) }

    /// Each of -limit...limit as likely, in both directions.
    init(upTo limit: Int, _ random: inout RandomSource) {
        func draw() -> Int { Int(random.index(below: UInt32(2 * limit + 1))) - limit }
        (down, right) = (draw(), draw())
    }

    /// From one image [height, width, channels] to another.
    func move(_ image: UnsafePointer<Float>, to moved: UnsafeMutablePointer<Float>, of shape: ImageShape) {
        let (height, width, channels) = (shape.height, shape.width, shape.channels)
        moved.update(repeating: 0, count: shape.count)
        guard abs(down) < height, abs(right) < width else { return }
        let first = max(0, right)
        let count = width - abs(right)
        for row in max(0, down)..<min(height, height + down) {
            (moved + (row * width + first) * channels).update(
                from: image + ((row - down) * width + first - right) * channels, count: count * channels)
        }
    }
}
