import Autoencoders
import Checkpoints
import Datasets
import Foundation
import Training

/// Tells a person or a daemon how training goes.
protocol TrainingReporter {
    func observe(_ event: TrainingEvent) throws
    func stopped()
    /// The run goes on from nothing, for this reason.
    func beganAnew(_ reason: String)
    func finished(path: String)
    func failed(_ error: any Error)
}

/// One JSON object a line on standard output, for the daemon that started this process.
struct ProgressLines: TrainingReporter {
    private struct Progress: Encodable {
        let type = "progress"
        let epoch, epochs, step, steps: Int
        let fraction, imagesPerSecond, etaSeconds: Double
        let metrics: [String: LossParts]
    }

    private struct Epoch: Encodable {
        let type = "epoch"
        let epoch: Int
        let imagesPerSecond, seconds: Double
        let metrics: [String: LossParts]
        /// The codes of a sample of the test set are there as well.
        let map = true
    }

    private struct Checkpoint: Encodable {
        let type = "checkpoint"
        let epoch, step, sizeBytes: Int
    }

    private struct Line: Encodable {
        let type: String
        var path: String?
        var code: String?
        var message: String?
        var reason: String?
    }

    func observe(_ event: TrainingEvent) throws {
        switch event {
        case .progress(let position):
            try write(
                Progress(
                    epoch: position.epoch, epochs: position.epochs, step: position.step, steps: position.steps,
                    fraction: position.fraction, imagesPerSecond: position.imagesPerSecond,
                    etaSeconds: position.etaSeconds, metrics: ["train": position.train]))
        case .epoch(let entry, let position):
            var metrics = ["train": entry.train]
            metrics["test"] = entry.test
            metrics["validation"] = entry.validation
            try write(
                Epoch(
                    epoch: entry.epoch, imagesPerSecond: entry.imagesPerSecond, seconds: entry.seconds,
                    metrics: metrics))
            try write(
                Progress(
                    epoch: entry.epoch, epochs: position.epochs, step: position.step, steps: position.steps,
                    fraction: position.fraction, imagesPerSecond: entry.imagesPerSecond,
                    etaSeconds: position.etaSeconds, metrics: metrics))
        case .checkpoint(let epoch, let step, let bytes):
            try write(Checkpoint(epoch: epoch, step: step, sizeBytes: bytes))
        }
    }

    func stopped() {}
    func beganAnew(_ reason: String) { try? write(Line(type: "began_anew", reason: reason)) }
    func finished(path: String) { try? write(Line(type: "finished", path: path)) }

    func failed(_ error: any Error) {
        let code =
            switch error {
            case let error as TrainingError: error.code
            case is ConfigurationError: "invalid_configuration"
            case let error as CheckpointError: error.isFull ? "disk_full" : "checkpoint_failed"
            case DatasetError.noSuchDataset: "dataset_not_found"
            case is DatasetError: "dataset_unusable"
            default: "training_failed"
            }
        report("\(error)")
        try? write(Line(type: "failed", code: code, message: "\(error)"))
    }

    private func write(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        try FileHandle.standardOutput.write(contentsOf: try encoder.encode(value) + Data([UInt8(ascii: "\n")]))
    }
}
