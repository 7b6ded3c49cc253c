/// Sums values over all the shards of a batch, in place; the identity where one worker has the whole batch.
public typealias ShardSum<Scalar> = (UnsafeMutablePointer<Scalar>, Int) throws -> Void

/// Batch normalisation over rows of channels-last values (Ioffe and Szegedy, arXiv:1502.03167).
///
/// Training normalises by the whole batch's biased variance, whichever shards it is split into; running statistics
/// move by `momentum` (PyTorch's sense) towards the mean and the unbiased variance. An instance belongs to one thread.
public final class BatchNorm<Scalar: KernelScalar> {
    public let channels: Int
    public let epsilon: Scalar
    private let mean, variance, inverseDeviation, sums: UnsafeMutablePointer<Scalar>

    public init(channels: Int, epsilon: Scalar) {
        (self.channels, self.epsilon) = (channels, epsilon)
        func allocate(_ count: Int) -> UnsafeMutablePointer<Scalar> {
            let pointer = UnsafeMutablePointer<Scalar>.allocate(capacity: count)
            pointer.initialize(repeating: 0, count: count)
            return pointer
        }
        mean = allocate(channels)
        variance = allocate(channels)
        inverseDeviation = allocate(channels)
        sums = allocate(2 * channels)
    }

    deinit { for pointer in [mean, variance, inverseDeviation, sums] { pointer.deallocate() } }

    /// Normalises with the batch's own statistics and keeps them for `backward`; `rows` are this shard's.
    @specialized(where Scalar == Float)
    public func forwardTraining(
        _ inputs: UnsafePointer<Scalar>, _ outputs: UnsafeMutablePointer<Scalar>, rows: Int, totalRows: Int,
        scale: UnsafePointer<Scalar>, shift: UnsafePointer<Scalar>, sum: ShardSum<Scalar>
    ) throws {
        let count = Scalar(totalRows)
        mean.update(repeating: 0, count: channels)
        Scalar.addRows(inputs, rows: rows, columns: channels, to: mean)
        try sum(mean, channels)
        for c in 0..<channels { mean[c] /= count }
        variance.update(repeating: 0, count: channels)
        for row in 0..<rows {
            let values = inputs + row * channels
            for c in 0..<channels { variance[c] += (values[c] - mean[c]) * (values[c] - mean[c]) }
        }
        try sum(variance, channels)
        for c in 0..<channels {
            variance[c] /= count
            inverseDeviation[c] = 1 / (variance[c] + epsilon).squareRoot()
        }
        for row in 0..<rows {
            let (source, target) = (inputs + row * channels, outputs + row * channels)
            for c in 0..<channels { target[c] = (source[c] - mean[c]) * inverseDeviation[c] * scale[c] + shift[c] }
        }
    }

    /// Adds the parameters' gradients of this shard and writes the inputs' gradient.
    @specialized(where Scalar == Float)
    public func backward(
        inputs: UnsafePointer<Scalar>, outputGradient: UnsafePointer<Scalar>,
        inputGradient: UnsafeMutablePointer<Scalar>, rows: Int, totalRows: Int, scale: UnsafePointer<Scalar>,
        scaleGradient: UnsafeMutablePointer<Scalar>, shiftGradient: UnsafeMutablePointer<Scalar>,
        sum: ShardSum<Scalar>
    ) throws {
        sums.update(repeating: 0, count: 2 * channels)
        let (gradientSum, productSum) = (sums, sums + channels)
        for row in 0..<rows {
            let (source, gradient) = (inputs + row * channels, outputGradient + row * channels)
            for c in 0..<channels {
                gradientSum[c] += gradient[c]
                productSum[c] += gradient[c] * (source[c] - mean[c]) * inverseDeviation[c]
            }
        }
        for c in 0..<channels {
            shiftGradient[c] += gradientSum[c]
            scaleGradient[c] += productSum[c]
        }
        try sum(sums, 2 * channels)
        let count = Scalar(totalRows)
        for row in 0..<rows {
            let (source, gradient) = (inputs + row * channels, outputGradient + row * channels)
            let target = inputGradient + row * channels
            for c in 0..<channels {
                let normalised = (source[c] - mean[c]) * inverseDeviation[c]
                let centred = gradient[c] - (gradientSum[c] + normalised * productSum[c]) / count
                target[c] = scale[c] * inverseDeviation[c] * centred
            }
        }
    }

    /// Moves running statistics towards those of the last training batch.
    @specialized(where Scalar == Float)
    public func updateRunning(
        mean runningMean: UnsafeMutablePointer<Scalar>, variance runningVariance: UnsafeMutablePointer<Scalar>,
        momentum: Scalar, totalRows: Int
    ) {
        let unbiased = totalRows > 1 ? Scalar(totalRows) / Scalar(totalRows - 1) : 1
        for c in 0..<channels {
            runningMean[c] += momentum * (mean[c] - runningMean[c])
            runningVariance[c] += momentum * (variance[c] * unbiased - runningVariance[c])
        }
    }

    /// Normalises with given statistics.
    @specialized(where Scalar == Float)
    public func forwardInference(
        _ inputs: UnsafePointer<Scalar>, _ outputs: UnsafeMutablePointer<Scalar>, rows: Int,
        scale: UnsafePointer<Scalar>, shift: UnsafePointer<Scalar>, mean: UnsafePointer<Scalar>,
        variance: UnsafePointer<Scalar>
    ) {
        for c in 0..<channels { inverseDeviation[c] = 1 / (variance[c] + epsilon).squareRoot() }
        for row in 0..<rows {
            let (source, target) = (inputs + row * channels, outputs + row * channels)
            for c in 0..<channels { target[c] = (source[c] - mean[c]) * inverseDeviation[c] * scale[c] + shift[c] }
        }
    }
}
