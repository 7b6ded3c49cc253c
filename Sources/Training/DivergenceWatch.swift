import Autoencoders

/// Tells a run that is lost from one that has a bad step.
///
/// Lost is a loss that is not finite, and an objective that has been more than `factor` times the best one for `patience`
/// steps in a row: Adam comes back from a single outlier, but not from weights that have left every sensible range. A best
/// objective nearer to 0 than 1 nat, as a density may have one, counts as 1.
struct DivergenceWatch {
    static let factor = 1000.0
    static let patience = 10

    private(set) var lastFiniteLoss: Double?
    private var best = Double.infinity
    private var badSteps = 0

    /// - Parameters:
    ///   - loss: of a step's images, in nats each.
    ///   - objective: what was minimised, with the KL's weight at this step.
    mutating func take(loss: Double, objective: Double, step: Int) throws(TrainingError) {
        // Sums are kept in double precision, but gradients are float32: beyond its range they are lost already.
        guard Float(loss).isFinite, Float(objective).isFinite else { throw diverged(at: step) }
        lastFiniteLoss = loss
        best = min(best, objective)
        badSteps = objective > Self.factor * max(abs(best), 1) ? badSteps + 1 : 0
        if badSteps >= Self.patience { throw exploded(loss, at: step) }
    }

    /// At the end of a run there are no further steps to wait for.
    func checkEnd(at step: Int) throws(TrainingError) {
        if badSteps > 0, let lastFiniteLoss { throw exploded(lastFiniteLoss, at: step) }
    }

    /// For numbers that were found not to be finite elsewhere, such as weights.
    func diverged(at step: Int) -> TrainingError { .diverged(step: step, lastFiniteLoss: lastFiniteLoss) }

    private func exploded(_ loss: Double, at step: Int) -> TrainingError {
        .exploded(step: step, loss: loss, best: best)
    }
}
