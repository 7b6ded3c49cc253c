import Checkpoints
import Foundation
import Training

/// A bar on a terminal while an epoch runs, and one line an epoch on standard error and in a log.
final class ProgressBar: TrainingReporter {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let log: String?

    /// - Parameter log: a file that gets the lines of the epochs, appended.
    init(log: String?) { self.log = log }

    func observe(_ event: TrainingEvent) throws {
        switch event {
        case .progress(let position): draw(position)
        case .epoch(let entry, let position): draw(entry, of: position.epochs)
        case .checkpoint: break
        }
    }

    func draw(_ position: TrainingPosition) {
        guard isTerminal else { return }
        let width = 24
        let filled = Int(min(max(position.fraction, 0), 1) * Double(width))
        let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
        draw(
            "\(bar) epoch \(position.epoch)/\(position.epochs)  \(Self.whole(position.imagesPerSecond)) images/s  "
                + "\(Self.parts(position.train))  \(Self.time(position.etaSeconds)) left")
    }

    func draw(_ entry: EpochMetrics, of epochs: Int) {
        let line = Self.line(entry, of: epochs)
        say(line)
        append("\(Date.now.ISO8601Format()) \(line)\n")
    }

    /// A line in the bar's place.
    func say(_ line: String) {
        draw("")
        report(line)
    }

    static func line(_ entry: EpochMetrics, of epochs: Int) -> String {
        var line = "epoch \(entry.epoch)/\(epochs)  train \(parts(entry.train))"
        if let test = entry.test { line += "  test \(parts(test))" }
        return line + "  \(whole(entry.imagesPerSecond)) images/s"
    }

    func stopped() { say("stopped; --resume goes on from here") }
    func beganAnew(_ reason: String) { say("begins anew: \(reason)") }

    func finished(path: String) { report("finished: \(path)") }

    func failed(_ error: any Error) { say("error: \(error)") }

    static func parts(_ loss: LossParts) -> String {
        String(
            format: "−ELBO %.2f (reconstruction %.2f + KL %.2f, objective %.2f)", loss.negativeELBO,
            loss.reconstruction, loss.kl, loss.objective)
    }

    static func time(_ seconds: Double) -> String {
        let seconds = whole(min(seconds, 1e7))
        return seconds >= 3600
            ? "\(seconds / 3600) h \(seconds / 60 % 60) min" : "\(seconds / 60) min \(seconds % 60) s"
    }

    private func draw(_ text: String) {
        guard isTerminal else { return }
        show("\r\u{1B}[2K\(text)")
    }

    /// Cut to a whole number, whatever a daemon may tell.
    static func whole(_ number: Double) -> Int { Int(exactly: number.rounded(.towardZero)) ?? 0 }

    private func append(_ line: String) {
        guard let log else { return }
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
