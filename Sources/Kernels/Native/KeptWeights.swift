/// The floats that the native kernels keep of a convolution's weights, so that memory can be reckoned up before any is
/// taken. Beside the weights themselves they are those of minimal filtering's components, up to four times as many.
public struct KeptWeights: Equatable, Sendable {
    /// From the convolution's input to its output, and back.
    public let direct, scattered: Int
    /// The gradient that is accumulated.
    public let gradient: Int

    public init(_ geometry: ConvolutionGeometry) {
        let forward = Correlation(geometry)
        direct = geometry.weightCount + Self.components(forward)
        gradient = direct
        scattered =
            geometry.weightCount
            + ScatteredConvolution.correlations(of: geometry).reduce(0) { $0 + Self.components($1) }
    }

    private static func components(_ correlation: Correlation) -> Int {
        MinimalTiles(correlation).map { $0.components * $0.weightCount } ?? 0
    }
}
