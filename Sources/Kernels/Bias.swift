/// Bias per channel over rows of channels-last values.
enum Bias {
    static func add<Scalar: KernelScalar>(
        _ bias: UnsafePointer<Scalar>, to values: UnsafeMutablePointer<Scalar>, rows: Int, channels: Int
    ) {
        for row in 0..<rows {
            let base = values + row * channels
            for channel in 0..<channels { base[channel] += bias[channel] }
        }
    }

    /// gradient[channel] += Σ over rows
    static func accumulateGradient<Scalar: KernelScalar>(
        _ outputGradient: UnsafePointer<Scalar>, into gradient: UnsafeMutablePointer<Scalar>, rows: Int, channels: Int
    ) {
        for row in 0..<rows {
            let base = outputGradient + row * channels
            for channel in 0..<channels { gradient[channel] += base[channel] }
        }
    }
}
