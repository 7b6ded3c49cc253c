import Testing

@testable import Kernels

@Suite struct AdamTests {
    /// Ten steps beside the paper's algorithm 1 in Double, with changing gradients of very different sizes.
    @Test func tenStepsFollowTheFormula() {
        let count = 12
        let scales = (0..<count).map { Double([1, 1e-4, 1e3, 1e-9][$0 % 4]) }
        var parameters: [Float] = normals(count, stream: 1)
        var (first, second) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
        var expected = parameters.map(Double.init)
        var (m, v) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
        for step in 1...10 {
            let gradient = (normals(count, stream: UInt64(step + 1)) as [Double]).enumerated().map {
                Float($1 * scales[$0])
            }
            Adam().update(
                &parameters, gradient: gradient, firstMoment: &first, secondMoment: &second, range: 0..<count,
                learningRate: 1e-3, step: step)
            for i in 0..<count {
                let g = Double(gradient[i])
                m[i] = 0.9 * m[i] + 0.1 * g
                v[i] = 0.999 * v[i] + 0.001 * g * g
                var (power1, power2) = (1.0, 1.0)
                for _ in 0..<step {
                    power1 *= 0.9
                    power2 *= 0.999
                }
                let (mHat, vHat) = (m[i] / (1 - power1), v[i] / (1 - power2))
                expected[i] -= 1e-3 * mHat / (vHat.squareRoot() + 1e-7)
            }
            // A step is at most about 1e-3; float32 keeps its parameter to 6e-8 of itself.
            for i in 0..<count {
                #expect(abs(Double(parameters[i]) - expected[i]) < 1e-7 * Double(step) * (1 + abs(expected[i])))
            }
        }
    }

    @Test func onlyTheRangeMoves() {
        var parameters = [Float](repeating: 1, count: 6)
        var (first, second) = ([Float](repeating: 0, count: 6), [Float](repeating: 0, count: 6))
        let gradient = [Float](repeating: 2, count: 6)
        Adam().update(
            &parameters, gradient: gradient, firstMoment: &first, secondMoment: &second, range: 2..<4,
            learningRate: 0.1, step: 1)
        #expect(parameters[0..<2] == [1, 1] && parameters[4..<6] == [1, 1])
        #expect(first == [0, 0, first[2], first[2], 0, 0])
        #expect(abs(parameters[2] - 0.9) < 1e-6 && parameters[3] == parameters[2])
    }

    /// No gradient, no movement: not 0 / 0.
    @Test func aZeroGradientLeavesTheParameter() {
        var (parameters, first, second) = ([Float(3)], [Float(0)], [Float(0)])
        Adam().update(
            &parameters, gradient: [0], firstMoment: &first, secondMoment: &second, range: 0..<1, learningRate: 1,
            step: 1)
        #expect(parameters == [3])
    }
}
