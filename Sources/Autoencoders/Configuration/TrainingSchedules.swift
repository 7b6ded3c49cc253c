import Foundation

/// What moves during a run. Steps count from 1 over the whole run of `total` steps.
extension TrainingSettings {
    /// Adam's step size at step `number`.
    public func learningRate(atStep number: Int, of total: Int) -> Float {
        let warmth = number < warmUpSteps ? Float(number) / Float(warmUpSteps) : 1
        switch schedule {
        case .constant: return learningRate * warmth
        case .cosine:
            let fraction = Double(number - 1) / Double(max(total, 1))
            return learningRate * warmth * Float(0.5 * (1 + cos(.pi * fraction)))
        case .step:
            let times = Int(epochsDone(atStep: number, of: total)) / stepEpochs
            return learningRate * warmth * Float(pow(Double(stepFactor), Double(times)))
        }
    }

    /// What the KL's weight is multiplied by at step `number`, 0 to 1.
    public func divergenceScale(atStep number: Int, of total: Int) -> Float {
        let share = epochsDone(atStep: number, of: total) / Double(betaWarmUpEpochs)
        switch betaSchedule {
        case .constant: return 1
        case .linear: return Float(min(1, share))
        case .sigmoid:
            // From 0 to 1 exactly, steepest in the middle.
            func logistic(_ x: Double) -> Double { 1 / (1 + exp(-12 * (x - 0.5))) }
            return Float((logistic(min(1, share)) - logistic(0)) / (logistic(1) - logistic(0)))
        case .cyclical: return Float(min(1, 2 * share.truncatingRemainder(dividingBy: 1)))
        }
    }

    /// Epochs, and parts of one, that lie behind when the step begins.
    private func epochsDone(atStep number: Int, of total: Int) -> Double {
        Double(number - 1) * Double(epochs) / Double(max(total, 1))
    }
}
