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
}
