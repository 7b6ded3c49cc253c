import Kernels
import Testing

@testable import Autoencoders

@Suite struct OperationCountTests {
    /// The thesis' model, layer by layer: places x input channels x filters x taps.
    @Test func mnist2DIsCountedByHand() throws {
        let model = try #require(ModelConfiguration.preset("mnist-2d"))
        let first = 28 * 28 * 1 * 32 * 9
        let encoder = first + 14 * 14 * 32 * 64 * 9 + 7 * 7 * 64 * 64 * 9 + 7 * 7 * 64 * 64 * 9
        let heads = 2 * 3136 * 2
        // A transposed convolution works at the places of its input.
        let decoder =
            2 * 3136 + 7 * 7 * 64 * 64 * 9 + 7 * 7 * 64 * 64 * 9 + 14 * 14 * 64 * 32 * 9 + 28 * 28 * 32 * 1 * 9
        #expect(decoder == 7_457_408)
        #expect(try model.operationCount(.decode) == 14_914_816)
        #expect(try model.operationCount(.encode) == 2 * (encoder + heads))
        #expect(try model.operationCount(.train) == 2 * (3 * (encoder + heads + decoder) - first))
        #expect(try model.operationCount(.train) == 89_074_944)
    }

    /// Without an encoder's layers the two heads are first. Dropout, batch norm and reshapes cost nothing here.
    @Test func aModelOfDenseLayersAlone() throws {
        var model = ModelConfiguration(
            input: ImageShape(channels: 1, height: 2, width: 3), latentDimension: 4, encoder: [],
            decoder: [
                LayerConfiguration(.dense(units: 5)), LayerConfiguration(.dense(units: 6)),
                LayerConfiguration(.reshape(ImageShape(channels: 1, height: 2, width: 3))),
            ])
        (model.batchNorm, model.dropout) = (true, 0.5)
        let (heads, decoder) = (2 * 6 * 4, 4 * 5 + 5 * 6)
        #expect(try model.operationCount(.encode) == 2 * heads)
        #expect(try model.operationCount(.decode) == 2 * decoder)
        #expect(try model.operationCount(.train) == 2 * (2 * heads + 3 * decoder))
    }

    @Test func paddingAndStridesAreSeen() throws {
        let picture = ImageShape(channels: 3, height: 9, width: 8)
        let model = ModelConfiguration(
            input: picture, latentDimension: 2,
            encoder: [LayerConfiguration(.convolution(filters: 7, kernel: 3, stride: 2, padding: .valid))],
            decoder: [LayerConfiguration(.dense(units: picture.count)), LayerConfiguration(.reshape(picture))])
        // 9 x 8 becomes 4 x 3.
        #expect(try model.operationCount(.encode) == 2 * (4 * 3 * 7 * 3 * 9 + 2 * (4 * 3 * 7) * 2))
    }

    @Test func anImpossibleModelIsAnError() {
        let model = ModelConfiguration(
            input: ImageShape(channels: 1, height: 2, width: 2), latentDimension: 0, encoder: [], decoder: [])
        #expect(throws: ConfigurationError.self) { try model.operationCount(.decode) }
    }
}
