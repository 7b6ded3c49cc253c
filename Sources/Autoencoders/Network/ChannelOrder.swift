/// Kernels keep channels last; files, clients and PyTorch keep them first.
public enum ChannelOrder {
    public static func permute(
        _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, shape: ImageShape, images: Int,
        toChannelsFirst: Bool
    ) {
        let (channels, pixels) = (shape.channels, shape.height * shape.width)
        if channels == 1 || pixels == 1 { return target.update(from: source, count: images * shape.count) }
        for image in 0..<images {
            let (from, to) = (source + image * shape.count, target + image * shape.count)
            for channel in 0..<channels {
                for pixel in 0..<pixels {
                    if toChannelsFirst {
                        to[channel * pixels + pixel] = from[pixel * channels + channel]
                    } else {
                        to[pixel * channels + channel] = from[channel * pixels + pixel]
                    }
                }
            }
        }
    }
}
