import Tensors

@testable import Kernels

/// Kernels as functions from arrays to arrays.
extension LinearKernel {
    func outputs(_ inputs: [Scalar], count: Int) throws -> [Scalar] {
        var result = [Scalar](repeating: .nan, count: count)
        try forward(inputs, &result)
        return result
    }

    func inputGradient(_ outputGradient: [Scalar], count: Int) throws -> [Scalar] {
        var result = [Scalar](repeating: .nan, count: count)
        try backwardInput(outputGradient, &result)
        return result
    }

    func gradients(weights: Int, bias: Int) throws -> (weights: [Scalar], bias: [Scalar]) {
        var weightGradient = [Scalar](repeating: .nan, count: weights)
        var biasGradient = [Scalar](repeating: .nan, count: bias)
        try collectGradients(weights: &weightGradient, bias: &biasGradient)
        return (weightGradient, biasGradient)
    }
}

extension Activation {
    func backward<Scalar: KernelScalar>(outputs: [Scalar], gradient: [Scalar]) -> [Scalar] {
        var result = gradient
        backward(outputs: outputs, gradient: &result, count: result.count)
        return result
    }
}

/// Draws from N(0, 1), the same in every run; each `stream` is another array.
func normals<Scalar: KernelScalar>(_ count: Int, stream: UInt64, of: Scalar.Type = Scalar.self) -> [Scalar] {
    var random = RandomSource(seed: 20_261_122, stream: stream)
    return (0..<count).map { _ in Scalar(random.normal()) }
}

func dot<Scalar: KernelScalar>(_ a: [Scalar], _ b: [Scalar]) -> Double {
    zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

/// The largest of |a − b| − bound: not above 0 where all elements are within their bounds; infinite for NaN.
func largestExcess<Scalar: KernelScalar>(_ a: [Scalar], _ b: [Scalar], bounds: [Scalar]) -> Scalar {
    guard a.count == b.count, a.count == bounds.count else { return .infinity }
    return a.indices.map { i in
        let excess = abs(a[i] - b[i]) - bounds[i]
        return excess.isNaN ? .infinity : excess
    }.max() ?? 0
}

/// Central differences of `function` in every coordinate.
func numericalGradient(at point: [Double], _ function: ([Double]) throws -> Double) rethrows -> [Double] {
    let step = 1e-5
    return try point.indices.map { i in
        var (ahead, behind) = (point, point)
        ahead[i] += step
        behind[i] -= step
        return (try function(ahead) - function(behind)) / (2 * step)
    }
}

/// What central differences with that step are good for in Double.
func agrees(_ gradient: [Double], _ numerical: [Double]) -> Bool {
    largestExcess(gradient, numerical, bounds: numerical.map { 1e-7 * (1 + abs($0)) }) <= 0
}
