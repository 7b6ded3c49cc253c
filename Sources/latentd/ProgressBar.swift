import Checkpoints
import Foundation
import Training

/// A bar on a terminal while an epoch runs, and one line an epoch on standard error and in a log.
final class ProgressBar: TrainingReporter {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let log: String

    /// - Parameter log: a file that gets the lines of the epochs, appended.
    init(log: String) { self.log = log }

    func observe(_ event: TrainingEvent) throws {
        switch event {
        case .progress(let position):
            guard isTerminal else { return }
            let width = 24
            let filled = Int(position.fraction * Double(width))
            let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
            draw(
                "\(bar) epoch \(position.epoch)/\(position.epochs)  \(Int(position.imagesPerSecond)) images/s  "
                    + "\(Self.parts(position.train))  \(Self.time(position.etaSeconds)) left")
        case .epoch(let entry, let position):
            var line = "epoch \(entry.epoch)/\(position.epochs)  train \(Self.parts(entry.train))"
            if let test = entry.test { line += "  test \(Self.parts(test))" }
            line += "  \(Int(entry.imagesPerSecond)) images/s"
            draw("")
            report(line)
            append("\(Date.now.ISO8601Format()) \(line)\n")
        case .checkpoint: break
        }
    }

    func stopped() {
        draw("")
        report("stopped; --resume goes on from here")
    }

    func finished(path: String) { report("finished: \(path)") }

    func failed(_ error: any Error) {
        draw("")
        report("error: \(error)")
    }

    private static func parts(_ loss: LossParts) -> String {
        String(
            format: "−ELBO %.2f (reconstruction %.2f + KL %.2f, objective %.2f)", loss.negativeELBO,
            loss.reconstruction, loss.kl, loss.objective)
    }

    private static func time(_ seconds: Double) -> String {
        let seconds = Int(min(seconds, 1e7))
        return seconds >= 3600
            ? "\(seconds / 3600) h \(seconds / 60 % 60) min" : "\(seconds / 60) min \(seconds % 60) s"
    }

    private func draw(_ text: String) {
        guard isTerminal else { return }
        show("\r\u{1B}[2K\(text)")
    }

    private func append(_ line: String) {
        if let handle = FileHandle(forWritingAtPath: log) {
            defer { try? handle.close() }
            _ = try? handle.seekToEnd()
            try? handle.write(contentsOf: Data(line.utf8))
        } else {
            let folder = URL(fileURLWithPath: log).deletingLastPathComponent()
            try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try? Data(line.utf8).write(to: URL(fileURLWithPath: log))
        }
    }
}
