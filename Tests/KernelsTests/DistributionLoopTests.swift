import CKernels
import Testing

@testable import Kernels

/// The posterior's loops, the squared error and the updates of every instruction set against the plain ones in Double.
@Suite struct DistributionLoopTests {
    static let counts = VectorLoopTests.counts

    /// Log-variances from far below what a float's exponential can show to above it.
    private static func logVariances(_ count: Int) -> [Float] {
        (0..<count).map { [0, -1.5, 3, -200, 60, -0.01, 88, 0.7][$0 % 8] + min(Float($0) / 1024, 0.5) }
    }

    @Test(arguments: InstructionSet.available, counts)
    func sample(set: InstructionSet, count: Int) {
        let (mean, epsilon): ([Float], [Float]) = (normals(count, stream: 1), normals(count, stream: 2))
        let logVariance = Self.logVariances(count)
        var latents = [Float](repeating: .nan, count: count)
        latentd_posterior_sample(set.value, Int64(count), mean, logVariance, epsilon, &latents)
        for i in 0..<count {
            let deviation = Double.exponential(Double(logVariance[i]) / 2)
            let exact = Double(mean[i]) + deviation * Double(epsilon[i])
            #expect(abs(Double(latents[i]) - exact) <= 1e-6 * (1 + abs(exact)))
        }
    }

    @Test(arguments: InstructionSet.available, counts)
    func divergence(set: InstructionSet, count: Int) {
        let mean: [Float] = normals(count, stream: 1)
        let logVariance = Self.logVariances(count)
        let actual = latentd_posterior_divergence(set.value, Int64(count), mean, logVariance)
        let exact = Double.posteriorDivergence(
            mean.map(Double.init), logVariance: logVariance.map(Double.init), count: count)
        #expect(abs(actual - exact) <= 1e-6 * exact + 1e-6)
    }

    @Test(arguments: InstructionSet.available)
    func whatIsTooLargeIsInfinite(set: InstructionSet) {
        #expect(latentd_posterior_divergence(set.value, 1, [0], [89]) == .infinity)
        var latent: Float = 0
        for logVariance in [178, Float.infinity] {
            latentd_posterior_sample(set.value, 1, [0], [logVariance], [1], &latent)
            #expect(latent == .infinity)
        }
        latentd_posterior_sample(set.value, 1, [0], [.nan], [1], &latent)
        #expect(latent.isNaN)
        latentd_posterior_sample(set.value, 1, [0.5], [-.infinity], [1], &latent)
        #expect(latent == 0.5)
    }

    @Test(arguments: InstructionSet.available, counts)
    func backward(set: InstructionSet, count: Int) {
        let (mean, epsilon): ([Float], [Float]) = (normals(count, stream: 1), normals(count, stream: 2))
        let gradient: [Float] = normals(count, stream: 3)
        let logVariance = Self.logVariances(count).map { min($0, 60) }
        var (ofMean, ofVariance) = ([Float](repeating: .nan, count: count), [Float](repeating: .nan, count: count))
        latentd_posterior_backward(
            set.value, Int64(count), mean, logVariance, epsilon, gradient, 0.37, &ofMean, &ofVariance)
        var (exactMean, exactVariance) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
        Double.posteriorBackward(
            mean.map(Double.init), logVariance: logVariance.map(Double.init), epsilon: epsilon.map(Double.init),
            latentGradient: gradient.map(Double.init), scale: Double(Float(0.37)), meanGradient: &exactMean,
            logVarianceGradient: &exactVariance, count: count)
        for i in 0..<count {
            #expect(abs(Double(ofMean[i]) - exactMean[i]) <= 1e-6 * (1 + abs(exactMean[i])))
            // Of a difference: the bound is that of its larger part.
            let variance = Double.exponential(Double(logVariance[i]))
            #expect(abs(Double(ofVariance[i]) - exactVariance[i]) <= 1e-6 * (1 + variance + abs(exactVariance[i])))
        }
    }

    @Test(arguments: InstructionSet.available, counts)
    func squaredError(set: InstructionSet, count: Int) {
        let (outputs, targets): ([Float], [Float]) = (normals(count, stream: 1), normals(count, stream: 2))
        var gradient = [Float](repeating: .nan, count: count)
        let actual = latentd_squared_error(set.value, Int64(count), outputs, targets, 0.37, &gradient)
        let exact = Double.squaredError(
            outputs.map(Double.init), targets: targets.map(Double.init), count: count, gradient: nil, scale: 1)
        #expect(abs(actual - exact) <= 1e-6 * exact)
        #expect(gradient.indices.allSatisfy { abs(gradient[$0] - 0.37 * (outputs[$0] - targets[$0])) <= 1e-6 })
        #expect(latentd_squared_error(set.value, Int64(count), outputs, targets, 1, nil) == actual)
    }

    @Test(arguments: InstructionSet.available, counts)
    func addScaled(set: InstructionSet, count: Int) {
        let (values, before): ([Float], [Float]) = (normals(count, stream: 1), normals(count, stream: 2))
        var sums = before
        latentd_add_scaled(set.value, Int64(count), 0.75, 0.25, values, &sums)
        #expect(sums.indices.allSatisfy { abs(sums[$0] - (0.75 * before[$0] + 0.25 * values[$0])) <= 1e-6 })
        latentd_add_scaled(set.value, Int64(count), 0, 1, values, &sums)
        #expect(sums == values)
    }

    @Test(arguments: InstructionSet.available, counts)
    func adam(set: InstructionSet, count: Int) {
        let gradient: [Float] = normals(count, stream: 1)
        let before: [Float] = normals(count, stream: 2)
        let (first, second) = (normals(count, stream: 3) as [Float], (normals(count, stream: 4) as [Float]).map(abs))
        var (m, v, parameters) = (first, second, before)
        var constants = latentd_adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-7, size: 0.01, inverse_root: 1.5)
        latentd_adam_update(set.value, Int64(count), &constants, gradient, &m, &v, &parameters)
        for i in 0..<count {
            let g = Double(gradient[i])
            let (mean, square) = (0.9 * Double(first[i]) + 0.1 * g, 0.999 * Double(second[i]) + 0.001 * g * g)
            #expect(abs(Double(m[i]) - mean) <= 1e-6 && abs(Double(v[i]) - square) <= 1e-6)
            let exact = Double(before[i]) - 0.01 * mean / (square.squareRoot() * 1.5 + 1e-7)
            #expect(abs(Double(parameters[i]) - exact) <= 2e-6 * (1 + abs(exact)))
        }
    }
}
