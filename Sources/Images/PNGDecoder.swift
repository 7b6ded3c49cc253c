import CPNG

/// Reads PNGs of every colour type and bit depth, interlaced or not.
///
/// Palettes become RGB, 1 to 4 bits become 8 by scaling to the whole range, transparent colours become an alpha channel,
/// 16 bits stay 16. Gamma and colour profiles are ignored: samples are taken as they are stored. Chunks that are no part
/// of the pixels (texts, profiles, times) are skipped undecoded, so a compressed one cannot swell.
public enum PNGDecoder {
    /// Decodes a whole PNG.
    ///
    /// The header is held against `limits` before anything is allocated. Throws any `PNGError` but `notWritten`.
    public static func decode(_ bytes: [UInt8], limits: PNGLimits = PNGLimits()) throws(PNGError) -> PixelImage {
        try PNGHeader(bytes).check(limits)
        let result: Result<PixelImage, PNGError> = bytes.withUnsafeBufferPointer { input in
            do throws(PNGError) { return .success(try decode(input, limits)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private static func decode(
        _ bytes: UnsafeBufferPointer<UInt8>, _ limits: PNGLimits
    ) throws(PNGError) -> PixelImage {
        let reader = cpng_reader_create(
            bytes.baseAddress, bytes.count, UInt32(clamping: limits.width), UInt32(clamping: limits.height))
        guard let reader else { throw .outOfMemory }
        defer { cpng_reader_destroy(reader) }
        var layout = cpng_layout()
        try check(cpng_reader_read_layout(reader, &layout), reader)

        let (width, height, channels) = (Int(layout.width), Int(layout.height), Int(layout.channels))
        guard let count = try? PixelImage.sampleCount(width: width, height: height, channels: channels) else {
            throw .corrupt(reason: "its layout cannot be used")
        }
        if layout.bytes_per_sample == 2 {
            var samples = [UInt16](repeating: 0, count: count)
            let status = samples.withUnsafeMutableBytes { output in
                cpng_reader_read_pixels(reader, output.baseAddress?.assumingMemoryBound(to: UInt8.self), output.count)
            }
            try check(status, reader)
            return PixelImage(unchecked: samples, width: width, height: height, channels: channels, bitDepth: .sixteen)
        }
        var pixels = [UInt8](repeating: 0, count: count)
        let status = pixels.withUnsafeMutableBufferPointer { cpng_reader_read_pixels(reader, $0.baseAddress, $0.count) }
        try check(status, reader)
        return PixelImage(
            unchecked: pixels.map(UInt16.init), width: width, height: height, channels: channels, bitDepth: .eight)
    }

    private static func check(_ status: cpng_status, _ reader: OpaquePointer) throws(PNGError) {
        switch status {
        case CPNG_OK: return
        case CPNG_TRUNCATED: throw .truncated
        case CPNG_OUT_OF_MEMORY: throw .outOfMemory
        case CPNG_WRONG_SIZE: throw .corrupt(reason: "its rows are not as long as its header says")
        default: throw .corrupt(reason: String(cString: cpng_reader_message(reader)))
        }
    }
}
