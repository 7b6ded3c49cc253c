import CPNG

/// Writes PNGs of 8 or 16 bits, grey or RGB, with or without alpha, not interlaced.
public enum PNGEncoder {
    /// How much time is spent on making the file small.
    public enum Compression: Int32, Sendable {
        /// For pictures that are looked at once, e.g. over a local connection.
        case fast = 1
        case balanced = 6
        case small = 9
    }

    /// Encodes an image. The same image always gives the same bytes. Throws `PNGError.notWritten` or `.outOfMemory`.
    public static func encode(
        _ image: PixelImage, compression: Compression = .balanced
    ) throws(PNGError) -> [UInt8] {
        guard let width = UInt32(exactly: image.width), let height = UInt32(exactly: image.height) else {
            throw .notWritten(reason: "\(image.width)x\(image.height) pixels are too many")
        }
        let layout = cpng_layout(
            width: width, height: height, channels: UInt8(image.channels),
            bytes_per_sample: image.bitDepth == .sixteen ? 2 : 1)
        var output = cpng_output()
        let status: cpng_status
        switch image.bitDepth {
        case .eight:
            status = image.bytes.withUnsafeBufferPointer {
                cpng_write($0.baseAddress, $0.count, layout, compression.rawValue, &output)
            }
        case .sixteen:
            status = image.samples.withUnsafeBytes {
                let pixels = $0.baseAddress?.assumingMemoryBound(to: UInt8.self)
                return cpng_write(pixels, $0.count, layout, compression.rawValue, &output)
            }
        }
        switch status {
        case CPNG_OK: break
        case CPNG_OUT_OF_MEMORY: throw .outOfMemory
        case CPNG_WRONG_SIZE: throw .notWritten(reason: "its rows do not fit its layout")
        default:
            let message = withUnsafeBytes(of: output.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            throw .notWritten(reason: message)
        }
        defer { cpng_free(output.bytes) }
        return Array(UnsafeBufferPointer(start: output.bytes, count: output.count))
    }
}
