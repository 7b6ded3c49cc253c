import Testing

@testable import Kernels

@Suite struct KeptWeightsTests {
    /// Channels, filters, kernel and stride, and whether each way has minimal filtering's components.
    @Test(arguments: [
        (64, 64, 3, 1, true, true), (64, 64, 1, 1, false, false), (1, 32, 3, 1, false, false),
    ])
    func componentsCount(channels: Int, filters: Int, kernel: Int, stride: Int, direct: Bool, scattered: Bool) throws {
        let extent = Extent(28)
        let geometry = try ConvolutionGeometry(
            batch: 1, inputChannels: channels, input: extent, outputChannels: filters, kernel: Extent(kernel),
            stride: Extent(stride),
            padding: ConvolutionGeometry.samePadding(input: extent, kernel: Extent(kernel), stride: Extent(stride)))
        let kept = KeptWeights(geometry)
        #expect((kept.direct > geometry.weightCount) == direct && kept.gradient == kept.direct)
        #expect((kept.scattered > geometry.weightCount) == scattered)
        #expect(max(kept.direct, kept.scattered) <= 5 * geometry.weightCount + geometry.weightCount / 9)
    }
}
