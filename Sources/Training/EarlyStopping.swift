import Autoencoders
import Checkpoints
import Datasets
import Tensors

/// Which epoch does best the images that were kept back, and when to wait for a better one no longer.
struct EarlyStopping {
    let patience: Int
    private(set) var best: TrainingProgress.BestEpoch?

    init(patience: Int, best: TrainingProgress.BestEpoch? = nil) { (self.patience, self.best) = (patience, best) }

    /// Whether this epoch is the best so far.
    mutating func take(epoch: Int, objective: Double) -> Bool {
        if let best, best.objective <= objective { return false }
        best = TrainingProgress.BestEpoch(epoch: epoch, objective: objective)
        return true
    }

    /// Whether the run ends after this epoch although there could be more.
    func ends(after epoch: Int) -> Bool {
        guard patience > 0, let best else { return false }
        return epoch - best.epoch >= patience
    }

    /// The training images in two parts: what is trained on, and the share that is kept back, at least one image each.
    /// Which they are depends on the seed alone.
    static func parts(of split: Split, _ settings: TrainingSettings) throws -> (train: Split, validation: Split?) {
        guard settings.validationShare > 0, split.count > 1 else { return (split, nil) }
        let kept = min(split.count - 1, max(1, Int(Float(split.count) * settings.validationShare)))
        var order = Array(0..<split.count)
        var random = RandomSource(seed: settings.seed, stream: RandomPurpose.validation.stream(0))
        random.shuffle(&order)
        return (
            try split.selecting(order[kept...].sorted()), try split.selecting(order[..<kept].sorted())
        )
    }
}
