import Tensors
import Testing

@testable import Kernels

/// Element-wise operations in Double against central differences.
@Suite struct ElementwiseGradientTests {
    @Test(arguments: [Activation.none, .relu, .leakyReLU(slope: 0.3), .leakyReLU(slope: 0.01), .sigmoid, .tanh])
    func activation(_ activation: Activation) {
        let inputs: [Double] = normals(40, stream: 1)
        let direction: [Double] = normals(40, stream: 2)
        func outputs(_ inputs: [Double]) -> [Double] {
            var values = inputs
            activation.forward(&values, count: values.count)
            return values
        }
        let gradient = activation.backward(outputs: outputs(inputs), gradient: direction)
        #expect(agrees(gradient, numericalGradient(at: inputs) { dot(direction, outputs($0)) }))
    }

    @Test(arguments: [Float(0), 0.25, 0.9])
    func dropoutWithAFixedMask(rate: Float) {
        let inputs: [Double] = normals(60, stream: 1)
        let direction: [Double] = normals(60, stream: 2)
        var mask = [Double](repeating: .nan, count: 60)
        func outputs(_ inputs: [Double]) -> [Double] {
            var result = [Double](repeating: .nan, count: inputs.count)
            var random = RandomSource(seed: 7)
            Dropout.forward(inputs, &result, mask: &mask, count: inputs.count, rate: rate, random: &random)
            return result
        }
        let numerical = numericalGradient(at: inputs) { dot(direction, outputs($0)) }
        var gradient = direction
        Dropout.backward(&gradient, mask: mask, count: gradient.count)
        #expect(agrees(gradient, numerical))
        #expect(mask.allSatisfy { $0 == 0 || $0 == Double(1 / (1 - rate)) })
        if rate == 0 { #expect(outputs(inputs) == inputs) }
    }

    @Test func dropoutDropsAtItsRateAndKeepsTheMean() {
        let ones = [Float](repeating: 1, count: 20_000)
        var (outputs, mask) = (ones, ones)
        var random = RandomSource(seed: 3)
        Dropout.forward(ones, &outputs, mask: &mask, count: ones.count, rate: 0.25, random: &random)
        let kept = Double(outputs.count { $0 != 0 }) / 20_000
        // Four standard deviations of a binomial share.
        #expect(abs(kept - 0.75) < 4 * (0.75 * 0.25 / 20_000).squareRoot())
        #expect(abs(dot(outputs, ones) / 20_000 - 1) < 0.02)
    }

    @Test(arguments: [Likelihood.bernoulli, .gaussian(variance: 1), .gaussian(variance: 0.3)])
    func likelihood(_ likelihood: Likelihood) {
        let (images, elements, scale) = (3, 7, 0.37)
        let outputs: [Double] = normals(images * elements, stream: 1).map { 2 * $0 }
        var random = RandomSource(seed: 5)
        let targets = (0..<images * elements).map { _ in Double(random.uniform()) }
        func losses(_ outputs: [Double]) -> [Double] {
            var losses = [Double](repeating: .nan, count: images)
            likelihood.loss(
                outputs: outputs, targets: targets, images: images, elements: elements, losses: &losses, gradient: nil)
            return losses
        }
        var gradient = [Double](repeating: .nan, count: images * elements)
        var values = [Double](repeating: .nan, count: images)
        likelihood.loss(
            outputs: outputs, targets: targets, images: images, elements: elements, losses: &values,
            gradient: &gradient, gradientScale: scale)
        #expect(values == losses(outputs))
        #expect(agrees(gradient, numericalGradient(at: outputs) { scale * losses($0).reduce(0, +) }))
    }

    /// −log p against the textbook's formulas, at one point each.
    @Test func likelihoodsAreNegativeLogDensities() {
        func loss(_ likelihood: Likelihood, _ output: Double, _ target: Double) -> Double {
            var losses = [0.0]
            likelihood.loss(
                outputs: [output], targets: [target], images: 1, elements: 1, losses: &losses, gradient: nil)
            return losses[0]
        }
        #expect(abs(loss(.bernoulli, 0, 0.3) - 0.6931471805599453) < 1e-15)
        #expect(abs(loss(.bernoulli, 2, 1) - 0.12692801104297263) < 1e-15)
        #expect(abs(loss(.gaussian(variance: 1), 0.5, 0.5) - 0.9189385332046727) < 1e-15)
        #expect(abs(loss(.gaussian(variance: 4), 3, 1) - (0.5 + 0.9189385332046727 + 0.6931471805599453)) < 1e-15)
    }

    /// Logits where exp would overflow: no NaN, no infinity, the exact limit.
    @Test(arguments: [(Float(500), Float(0), 500.0, Float(1)), (-500, 1, 500, -1), (500, 1, 0, 0), (-500, 0, 0, 0)])
    func bernoulliIsStable(logit: Float, target: Float, loss: Double, slope: Float) {
        var (losses, gradient) = ([Double.nan], [Float.nan])
        Likelihood.bernoulli.loss(
            outputs: [logit], targets: [target], images: 1, elements: 1, losses: &losses, gradient: &gradient)
        #expect(losses[0] == loss)
        #expect(gradient[0] == slope)
    }

    @Test(arguments: [0, 0.4]) func gaussianPosterior(freeBits: Double) {
        let (rows, dimensions, weight) = (3, 4, 0.7)
        let count = rows * dimensions
        let mean: [Double] = normals(count, stream: 1)
        let logVariance: [Double] = normals(count, stream: 2)
        let epsilon: [Double] = normals(count, stream: 3)
        let direction: [Double] = normals(count, stream: 4)
        func objective(_ mean: [Double], _ logVariance: [Double]) -> Double {
            var latents = [Double](repeating: .nan, count: count)
            var divergences = [Double](repeating: .nan, count: rows)
            GaussianPosterior.sample(
                mean: mean, logVariance: logVariance, epsilon: epsilon, latents: &latents, count: count)
            // Each element by itself, as far as it is above what it has for nothing.
            let rows = freeBits > 0 ? count : rows
            divergences = [Double](repeating: .nan, count: rows)
            GaussianPosterior.divergence(
                mean: mean, logVariance: logVariance, rows: rows, dimensions: count / rows, divergences: &divergences)
            return dot(direction, latents) + weight * divergences.reduce(0) { $0 + max(freeBits, $1) }
        }
        var meanGradient = [Double](repeating: .nan, count: count)
        var logVarianceGradient = meanGradient
        GaussianPosterior.backward(
            mean: mean, logVariance: logVariance, epsilon: epsilon, latentGradient: direction,
            divergenceScale: weight, freeBits: freeBits, meanGradient: &meanGradient,
            logVarianceGradient: &logVarianceGradient, count: count)
        #expect(agrees(meanGradient, numericalGradient(at: mean) { objective($0, logVariance) }))
        #expect(agrees(logVarianceGradient, numericalGradient(at: logVariance) { objective(mean, $0) }))
    }

    /// The prior itself has no divergence; N(1, e) has ½ (1 + e − 1 − 1).
    @Test(arguments: [(0.0, 0.0, 0.0), (1.0, 1.0, 0.8591409142295225), (2.0, 0.0, 2.0)])
    func divergence(mean: Double, logVariance: Double, expected: Double) {
        var divergences = [Double.nan]
        GaussianPosterior.divergence(
            mean: [mean], logVariance: [logVariance], rows: 1, dimensions: 1, divergences: &divergences)
        #expect(abs(divergences[0] - expected) < 1e-15)
    }
}
