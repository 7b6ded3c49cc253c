extension PixelImage {
    /// The image with another number of channels, at the same bit depth.
    ///
    /// - Colour to grey is ITU-R BT.601's luma in the 16-bit fixed point that Pillow's mode `L` uses:
    ///   (19595 R + 38470 G + 7471 B + 32768) / 65536. Grey to colour repeats the value.
    /// - Where alpha is dropped, the image is laid over black: each value is multiplied by alpha and rounded.
    ///   Where it is added, the image is opaque.
    ///
    /// Throws `ImageError.unusableChannels` unless `target` is 1...4.
    public func converted(toChannels target: Int) throws(ImageError) -> PixelImage {
        guard (1...4).contains(target) else { throw .unusableChannels(target) }
        guard target != channels else { return self }
        let maximum = UInt32(bitDepth.maximum)
        let keepsAlpha = target == 2 || target == 4
        let isColor = channels >= 3
        var result: [UInt16] = []
        result.reserveCapacity(pixelCount * target)
        for pixel in stride(from: 0, to: samples.count, by: channels) {
            let alpha = hasAlpha ? UInt32(samples[pixel + channels - 1]) : maximum
            func value(_ channel: Int) -> UInt32 {
                let value = UInt32(samples[pixel + channel])
                return keepsAlpha || alpha == maximum ? value : (value * alpha + maximum / 2) / maximum
            }
            if target >= 3 {
                for channel in 0..<3 { result.append(UInt16(truncatingIfNeeded: value(isColor ? channel : 0))) }
            } else if isColor {
                let luma = 19_595 * value(0) + 38_470 * value(1) + 7_471 * value(2) + 32_768
                result.append(UInt16(truncatingIfNeeded: luma >> 16))
            } else {
                result.append(UInt16(truncatingIfNeeded: value(0)))
            }
            if keepsAlpha { result.append(UInt16(truncatingIfNeeded: alpha)) }
        }
        return PixelImage(unchecked: result, width: width, height: height, channels: target, bitDepth: bitDepth)
    }
}
