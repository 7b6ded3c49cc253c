import Kernels

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
            Transposition.run(
                from, rows: toChannelsFirst ? pixels : channels, columns: toChannelsFirst ? channels : pixels, to: to)
        }
    }
}
