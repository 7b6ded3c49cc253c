import Checkpoints
import Foundation
import Jobs
import Training

/// Shows how a job goes: to a person as `latentd train` does, to a program one line an event.
final class JobView {
    private let isTerminal: Bool
    private let bar = ProgressBar(log: nil)
    private let print: (String) -> Void
    private var epochs: Int

    /// - Parameter epochs: of the whole run.
    init(
        epochs: Int, isTerminal: Bool = isatty(STDOUT_FILENO) == 1,
        print: @escaping (String) -> Void = { writeLine($0) }
    ) {
        (self.epochs, self.isTerminal, self.print) = (epochs, isTerminal, print)
    }

    func take(_ news: JobFollower.News) {
        switch news {
        case .event(let event): isTerminal ? draw(event) : print(Self.line(event, epochs: epochs))
        case .progress(let progress, let train):
            epochs = progress.epochs
            // Progress is not kept, so a program does not miss it either.
            if isTerminal, let train { bar.draw(progress.position(train)) }
        }
    }

    private func draw(_ event: RemoteEvent) {
        if let metrics = event.data.epochMetrics {
            bar.draw(metrics, of: epochs)
        } else if let words = Self.words(event) {
            bar.say(words)
        }
    }

    /// One line for every event, beginning with its time and type.
    static func line(_ event: RemoteEvent, epochs: Int) -> String {
        let text = event.data.epochMetrics.map { ProgressBar.line($0, of: epochs) } ?? words(event)
        return [event.createdAt, event.type, text].compactMap { $0 }.joined(separator: " ")
    }

    /// What is worth a line on a terminal.
    private static func words(_ event: RemoteEvent) -> String? {
        let data = event.data
        switch event.type {
        case "status":
            guard let status = data.status else { return nil }
            var text = status.rawValue
            if let attempt = data.attempt, attempt > 1, status == .running { text += ", attempt \(attempt)" }
            if let version = data.modelVersion { text += ": \(version)" }
            if let reason = data.reason { text += ": \(reason)" }
            return text
        case "cancel_requested": return "asked to end"
        case "pause_requested": return "asked to pause"
        case "began_anew": return data.reason.map { "began anew: \($0)" }
        case "checkpoint": return nil
        default: return nil
        }
    }
}

/// Writes a line to standard output at once, also where that is a pipe; a reader that has gone ends the program.
func writeLine(_ line: String) {
    do { try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8)) } catch { exit(1) }
}
