import Testing

@testable import Kernels

@Suite struct BatchNormTests {
    @Test(arguments: [(rows: 6, channels: 3), (2, 1), (15, 5)])
    func gradientsEqualFiniteDifferences(rows: Int, channels: Int) throws {
        let count = rows * channels
        let inputs: [Double] = normals(count, stream: 1)
        let scale: [Double] = normals(channels, stream: 2)
        let shift: [Double] = normals(channels, stream: 3)
        let direction: [Double] = normals(count, stream: 4)
        let norm = BatchNorm<Double>(channels: channels, epsilon: 1e-3)
        func objective(_ inputs: [Double], _ scale: [Double], _ shift: [Double]) throws -> Double {
            var outputs = [Double](repeating: .nan, count: count)
            try norm.forwardTraining(
                inputs, &outputs, rows: rows, totalRows: rows, scale: scale, shift: shift, sum: { _, _ in })
            return dot(direction, outputs)
        }
        let numerical = (
            inputs: try numericalGradient(at: inputs) { try objective($0, scale, shift) },
            scale: try numericalGradient(at: scale) { try objective(inputs, $0, shift) },
            shift: try numericalGradient(at: shift) { try objective(inputs, scale, $0) }
        )
        _ = try objective(inputs, scale, shift)
        var inputGradient = [Double](repeating: .nan, count: count)
        var scaleGradient = [Double](repeating: 0, count: channels)
        var shiftGradient = scaleGradient
        try norm.backward(
            inputs: inputs, outputGradient: direction, inputGradient: &inputGradient, rows: rows, totalRows: rows,
            scale: scale, scaleGradient: &scaleGradient, shiftGradient: &shiftGradient, sum: { _, _ in })
        #expect(agrees(inputGradient, numerical.inputs))
        #expect(agrees(scaleGradient, numerical.scale))
        #expect(agrees(shiftGradient, numerical.shift))
    }

    @Test func normalisesAndFollowsTheStatistics() throws {
        let norm = BatchNorm<Double>(channels: 1, epsilon: 0)
        var outputs = [Double](repeating: .nan, count: 4)
        try norm.forwardTraining(
            [1, 2, 3, 6], &outputs, rows: 4, totalRows: 4, scale: [1], shift: [0], sum: { _, _ in })
        let deviation = 3.5.squareRoot()
        for (output, input) in zip(outputs, [1.0, 2, 3, 6]) {
            #expect(abs(output - (input - 3) / deviation) < 1e-14)
        }
        // Mean 3; the unbiased variance is 14 / 3 where the biased one is 3.5.
        var (mean, variance) = ([1.0], [1.0])
        norm.updateRunning(mean: &mean, variance: &variance, momentum: 0.1, totalRows: 4)
        #expect(abs(mean[0] - 1.2) < 1e-14)
        #expect(abs(variance[0] - (0.9 + 0.1 * 14 / 3)) < 1e-14)
        norm.forwardInference(
            [5, 7, 9, 11], &outputs, rows: 4, scale: [2], shift: [1], mean: [7], variance: [4])
        #expect(outputs == [-1, 1, 3, 5])
    }

    /// A constant channel has variance 0 and must give its shift, not NaN.
    @Test func aConstantChannelGivesItsShift() throws {
        let norm = BatchNorm<Float>(channels: 1, epsilon: 1e-3)
        var outputs = [Float](repeating: .nan, count: 3)
        try norm.forwardTraining(
            [4, 4, 4], &outputs, rows: 3, totalRows: 3, scale: [2], shift: [0.5], sum: { _, _ in })
        #expect(outputs == [0.5, 0.5, 0.5])
    }

    /// 8 rows split 5 + 3 over two workers that meet in an exchange, against one worker with all of them.
    @Test func twoShardsEqualTheWhole() throws {
        let channels = 3
        let whole = try Self.pass(rows: 0..<8, channels: channels, sum: { _, _ in })
        let exchange = ShardExchange(workers: 2)
        let pool = KernelPool(workers: 2, prepareThread: {})
        let shards = [0..<5, 5..<8]
        var parts = [Pass](repeating: Pass(), count: 2)
        try parts.withUnsafeMutableBufferPointer { parts in
            try pool.runOnEachWorker { worker in
                do {
                    parts[worker] = try Self.pass(rows: shards[worker], channels: channels) {
                        try exchange.sum(worker: worker, $0, count: $1)
                    }
                } catch {
                    exchange.abandon()
                    throw error
                }
            }
        }
        func near(_ a: [Float], _ b: [Float]) -> Bool {
            largestExcess(a, b, bounds: b.map { 2e-6 * (1 + abs($0)) }) <= 0
        }
        #expect(near(parts[0].outputs + parts[1].outputs, whole.outputs))
        #expect(near(parts[0].inputGradient + parts[1].inputGradient, whole.inputGradient))
        #expect(near(zip(parts[0].scaleGradient, parts[1].scaleGradient).map(+), whole.scaleGradient))
        #expect(near(zip(parts[0].shiftGradient, parts[1].shiftGradient).map(+), whole.shiftGradient))
        #expect(near(parts[0].runningMean, whole.runningMean))
        #expect(near(parts[0].runningVariance, whole.runningVariance))
        #expect(parts[0].runningMean == parts[1].runningMean)
        #expect(parts[0].runningVariance == parts[1].runningVariance)
    }

    private struct Pass {
        var outputs: [Float] = []
        var inputGradient: [Float] = []
        var scaleGradient: [Float] = []
        var shiftGradient: [Float] = []
        var runningMean: [Float] = []
        var runningVariance: [Float] = []
    }

    private static func pass(rows: Range<Int>, channels: Int, sum: ShardSum<Float>) throws -> Pass {
        let all = 0..<8 * channels
        let range = rows.lowerBound * channels..<rows.upperBound * channels
        let inputs = Array((normals(all.count, stream: 1) as [Float])[range])
        let direction = Array((normals(all.count, stream: 2) as [Float])[range])
        let scale: [Float] = normals(channels, stream: 3)
        let shift: [Float] = normals(channels, stream: 4)
        let norm = BatchNorm<Float>(channels: channels, epsilon: 1e-3)
        let zeros = [Float](repeating: 0, count: channels)
        var pass = Pass(
            outputs: inputs, inputGradient: inputs, scaleGradient: zeros, shiftGradient: zeros, runningMean: zeros,
            runningVariance: zeros)
        try norm.forwardTraining(
            inputs, &pass.outputs, rows: rows.count, totalRows: 8, scale: scale, shift: shift, sum: sum)
        try norm.backward(
            inputs: inputs, outputGradient: direction, inputGradient: &pass.inputGradient, rows: rows.count,
            totalRows: 8, scale: scale, scaleGradient: &pass.scaleGradient, shiftGradient: &pass.shiftGradient,
            sum: sum)
        norm.updateRunning(mean: &pass.runningMean, variance: &pass.runningVariance, momentum: 0.1, totalRows: 8)
        return pass
    }
}
