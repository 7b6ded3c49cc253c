import Glibc

/// The number types that the reference kernels run on: `Float` in production, `Double` where finite differences judge.
public protocol KernelScalar: BinaryFloatingPoint, Sendable {
    static func exponential(_ x: Self) -> Self
    static func logarithm1p(_ x: Self) -> Self
    static func logarithm(_ x: Self) -> Self
    static func hyperbolicTangent(_ x: Self) -> Self
}

extension Float: KernelScalar {
    public static func exponential(_ x: Float) -> Float { expf(x) }
    public static func logarithm1p(_ x: Float) -> Float { log1pf(x) }
    public static func logarithm(_ x: Float) -> Float { logf(x) }
    public static func hyperbolicTangent(_ x: Float) -> Float { tanhf(x) }
}

extension Double: KernelScalar {
    public static func exponential(_ x: Double) -> Double { exp(x) }
    public static func logarithm1p(_ x: Double) -> Double { log1p(x) }
    public static func logarithm(_ x: Double) -> Double { log(x) }
    public static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
}
