import Autoencoders
import Foundation
import Kernels
import Tensors
import Testing

@testable import Training

/// What settings do to a step.
@Suite struct TrainingOptionTests {
    @Test(arguments: [(0, 0), (1, 0), (-1, 2), (2, -1), (0, 3), (-3, 0), (4, 0), (0, -5), (-9, 9)])
    func aShiftMovesEveryPixel(down: Int, right: Int) {
        let shape = ImageShape(channels: 2, height: 3, width: 4)
        let image = (0..<shape.count).map { Float($0 + 1) }
        var moved = [Float](repeating: -1, count: shape.count)
        PixelShift(down: down, right: right).move(image, to: &moved, of: shape)
        for row in 0..<3 {
            for column in 0..<4 {
                for channel in 0..<2 {
                    let (y, x) = (row - down, column - right)
                    let isInside = (0..<3).contains(y) && (0..<4).contains(x)
                    let expected = isInside ? image[(y * 4 + x) * 2 + channel] : 0
                    #expect(moved[(row * 4 + column) * 2 + channel] == expected)
                }
            }
        }
    }

    @Test func everyShiftIsDrawn() {
        var random = RandomSource(seed: 1)
        let shifts = (0..<2000).map { _ in PixelShift(upTo: 2, &random) }
        #expect(Set(shifts.map(\.down)) == Set(-2...2) && Set(shifts.map(\.right)) == Set(-2...2))
        #expect(Set(shifts.map { [$0.down, $0.right] }).count == 25)
    }

    /// The length of the first step's gradient: Adam's first moment is a tenth of it.
    private func gradientNorm(threads: Int, _ change: (inout TrainingSettings) -> Void) throws -> Double {
        let dataset = try TinyRun.dataset()
        var settings = TrainingSettings()
        change(&settings)
        let backend = try BackendChoice.automatic.make()
        let engine = try TrainingEngine(
            configuration: TinyRun.model(), settings: settings,
            pool: KernelPool(workers: threads) { backend.prepareThread() }, backend: backend)
        _ = try engine.step(dataset.train, indices: Array(0..<50)[...], number: 1, .init(learningRate: 1e-3))
        return 10 * VectorSum.squares(engine.firstMoment.pointer, count: engine.firstMoment.count).squareRoot()
    }

    @Test(arguments: [1, 2])
    func aLongGradientIsScaledDown(threads: Int) throws {
        let whole = try gradientNorm(threads: threads) { _ in }
        #expect(whole > 1)
        for limit in [0.25, 0.5 * whole, 2 * whole] {
            let norm = try gradientNorm(threads: threads) { $0.clipNorm = Float(limit) }
            #expect(abs(norm - min(limit, whole)) < 1e-4 * whole, "\(limit) of \(whole)")
        }
    }

    @Test func squaresAreThoseOfEveryElement() {
        for count in [0, 1, 7, 8, 9, 100] {
            let values = (0..<count).map { Float($0) - 3.5 }
            let expected = values.reduce(0.0) { $0 + Double($1 * $1) }
            #expect(VectorSum.squares(values, count: count) == expected)
        }
    }

    /// Without free bits the KL of this run falls to almost nothing.
    @Test func freeBitsKeepTheDivergenceUp() throws {
        func divergence(_ freeBits: Float) throws -> Double {
            let folder = TinyRun.temporaryFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            var last = 0.0
            let trainer = try TinyRun.trainer(folder, dataset: TinyRun.dataset()) {
                ($0.epochs, $0.beta, $0.freeBits) = (8, 200, freeBits)
            }
            _ = try trainer.run(observe: { if case .epoch(let metrics, _) = $0 { last = metrics.test?.kl ?? 0 } })
            return last
        }
        let (without, with) = (try divergence(0), try divergence(0.5))
        #expect(with > 100 * without, "\(without), \(with)")
    }
}
