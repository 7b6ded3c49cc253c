import Foundation

/// Everything that decides what becomes of a job whose child has ended.
struct AttemptOutcome: Sendable {
    var exit: ChildExit
    var resultPath: String?
    var failure: JobFailure?
    /// The last lines of the child's standard error, fit for clients.
    var lastWords: String?
    var isCancelRequested = false
    var isPauseRequested = false
    var isStopping = false
    /// For how long the child had said nothing when it was killed for that.
    var silence: Duration?
    /// Crashes before this attempt.
    var crashes = 0
    var maximumCrashes = 3

    enum Verdict: Equatable {
        case publish(path: String)
        case end(JobEnding)
    }

    /// The first rule that fits: asked to cancel, finished, asked to pause, daemon stopping, failed in its own words,
    /// crashed.
    var verdict: Verdict {
        if isCancelRequested { return .end(.cancelled(reason: "cancelled while running")) }
        if exit == .code(0), failure == nil, let resultPath { return .publish(path: resultPath) }
        if isPauseRequested, failure == nil { return .end(.paused) }
        if isStopping { return .end(.requeued(reason: "the daemon stopped while the job ran", crashed: false)) }
        if let failure { return .end(.failed(failure)) }
        if exit == .code(0) {
            return .end(.failed(JobFailure(code: "no_result", message: "The training process ended without a result.")))
        }
        guard crashes + 1 < maximumCrashes else {
            let times = maximumCrashes == 1 ? "" : " crashed \(maximumCrashes) times; the last time it"
            return .end(.failed(JobFailure(code: "crash_loop", message: "The training process\(times) \(crash).")))
        }
        return .end(
            .requeued(
                reason: "crash \(crashes + 1) of at most \(maximumCrashes): the training process \(crash)",
                crashed: true))
    }

    private var crash: String {
        if let silence { return "said nothing for \(silence.components.seconds) s and was killed" }
        let words = lastWords.map { ", saying: \($0)" } ?? ""
        switch exit {
        case .code(let code): return "exited with code \(code)\(words)"
        // What a crash prints last are addresses and libraries; they stay in the log.
        case .signal(Int(SIGKILL)): return "was ended by SIGKILL, as the system does where memory runs out"
        case .signal(let number): return "was ended by \(Self.signalName(number))"
        case .notStarted(let reason): return "could not be started (\(reason))"
        }
    }

    static func signalName(_ number: Int) -> String {
        let names: [Int32: String] = [
            SIGKILL: "SIGKILL", SIGSEGV: "SIGSEGV", SIGABRT: "SIGABRT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP",
            SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGTERM: "SIGTERM", SIGINT: "SIGINT", SIGHUP: "SIGHUP",
            SIGPIPE: "SIGPIPE", SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ", SIGQUIT: "SIGQUIT", SIGSYS: "SIGSYS",
        ]
        return Int32(exactly: number).flatMap { names[$0] } ?? "signal \(number)"
    }
}
