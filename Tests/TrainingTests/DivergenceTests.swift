import Autoencoders
import Checkpoints
import Foundation
import Testing

@testable import Training

@Suite struct DivergenceTests {
    private static let bad = DivergenceWatch.patience

    /// Objectives of a run's steps, and the step at which it is given up, if it is.
    @Test(
        arguments: [
            ([200, 180, 150], nil),
            ([200, .nan], 2), ([200, .infinity], 2), ([1e39], 1),
            // Outliers, however high, as long as the run comes back.
            ([200] + Array(repeating: 1e9, count: bad - 1) + [150] + Array(repeating: 1e9, count: bad - 1), nil),
            ([200] + Array(repeating: 2.1e5, count: bad), bad + 1),
            ([200] + Array(repeating: 1.9e5, count: bad), nil),
            // A density's logarithm may be of either sign.
            ([-300] + Array(repeating: 2.9e5, count: bad), nil),
            ([-300] + Array(repeating: 3.1e5, count: bad), bad + 1),
            ([0.001] + Array(repeating: 900, count: bad), nil), ([0.001] + Array(repeating: 1100, count: bad), bad + 1),
        ] as [([Double], Int?)])
    func aRunIsGivenUp(objectives: [Double], at step: Int?) {
        var watch = DivergenceWatch()
        var stopped: Int?
        for (index, objective) in objectives.enumerated() where stopped == nil {
            do throws(TrainingError) { try watch.take(loss: objective, objective: objective, step: index + 1) } catch {
                stopped = index + 1
                #expect(error.code == "diverged")
            }
        }
        #expect(stopped == step)
    }

    @Test func aRunDoesNotEndInTheMiddleOfIt() throws {
        var watch = DivergenceWatch()
        try watch.take(loss: 100, objective: 100, step: 1)
        #expect(throws: Never.self) { try watch.checkEnd(at: 1) }
        try watch.take(loss: 1e6, objective: 1e6, step: 2)
        let error = #expect(throws: TrainingError.self) { try watch.checkEnd(at: 2) }
        #expect(
            error?.description == "The loss has grown to 1000000.0 at step 2 (best objective: 100.0). "
                + "A lower learning_rate, warm_up_steps or a clip_norm may help.")
    }

    @Test func theLastFiniteLossIsTold() throws {
        var watch = DivergenceWatch()
        try watch.take(loss: 120.25, objective: 100, step: 1)
        let error = #expect(throws: TrainingError.self) { try watch.take(loss: .nan, objective: 1, step: 2) }
        #expect(error?.description.contains("step 2 (last finite value: 120.25)") == true)
    }

}
