import Foundation
import Logging

/// One run of a job's child, from its start to the verdict.
struct JobAttempt {
    private let job: Job
    private let runner: JobRunner
    private let wake: WakeSignal
    private let logger: Logger
    private var report: ChildReport
    private var lines = LineSplitter()
    private var log: ChildLog?
    /// Events that the database did not take yet, the oldest first.
    private(set) var unwritten: [ChildReport.Write] = []
    /// Whether requests may have come that were not looked for: the database is asked when there is word, not at each line
    /// of the child's.
    private var mayHaveRequests = true
    private var isCancelRequested = false
    private var isPauseRequested = false
    private var ending = Ending.none
    /// When the child last said something. This clock stands while the machine sleeps, as the child does.
    private var heard = SuspendingClock.now
    private var wasSilent = false

    private static let retry = Duration.seconds(1)
    private static let unwrittenLimit = 10_000

    /// How far the child has been pushed to end.
    private enum Ending {
        case none
        case asked(killAt: ContinuousClock.Instant)
        case killed
    }

    init(job: Job, runner: JobRunner, wake: WakeSignal, logger: Logger) {
        self.job = job
        self.runner = runner
        self.wake = wake
        self.logger = logger
        report = ChildReport(interval: runner.settings.progressInterval)
    }

    mutating func run(_ command: ChildCommand) -> AttemptOutcome.Verdict {
        log = ChildLog(file: command.logFile, logger: logger)
        let niceness = Int32(min(max(runner.settings.niceness, 0), 19))
        let exit: ChildExit
        do {
            let child = try ChildProcess(command, niceness: niceness)
            watch(child)
            exit = child.reap()
        } catch {
            exit = .notStarted(error.reason)
        }
        lookForRequests()
        return AttemptOutcome(
            exit: exit, resultPath: report.resultPath, failure: report.failure, lastWords: log?.lastWords,
            isCancelRequested: isCancelRequested, isPauseRequested: isPauseRequested, isStopping: runner.isStopping,
            silence: wasSilent ? runner.settings.silence : nil, crashes: job.crashes,
            maximumCrashes: runner.settings.maximumCrashes
        ).verdict
    }

    /// Follows the child until it has ended and all that it wrote is stored.
    private mutating func watch(_ child: borrowing ChildProcess) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var output: Descriptor? = child.output
        var errors: Descriptor? = child.errors
        while true {
            mayHaveRequests = wake.reset() || mayHaveRequests
            push(child)
            let ready = wake.wait(for: [child.ended, output, errors], until: deadline)
            if ready[1] { takeOutput(&output, &buffer) }
            if ready[2] { takeErrors(&errors, &buffer) }
            if ready[0] { break }
            store(report.writes(at: .now))
        }
        // What the child wrote last is still in the pipes; a stranger holding their other end must not keep us here.
        for _ in 0..<32 where output != nil || errors != nil {
            let before = (output == nil ? 0 : 1) + (errors == nil ? 0 : 1)
            let taken = takeOutput(&output, &buffer) + takeErrors(&errors, &buffer)
            let after = (output == nil ? 0 : 1) + (errors == nil ? 0 : 1)
            if taken == 0, before == after { break }
        }
        lines.finish { report.take($0) }
        store(report.writes(at: .now, isEnd: true) + discarded)
    }

    /// The next instant at which something must happen although nothing is said.
    private var deadline: ContinuousClock.Instant? {
        var deadlines = [report.due].compactMap { $0 }
        if !unwritten.isEmpty { deadlines.append(.now + Self.retry) }
        if case .asked(let killAt) = ending { deadlines.append(killAt) }
        if case .none = ending, let left = silenceLeft { deadlines.append(.now + left) }
        return deadlines.min()
    }

    /// Asks the child to end where that is wanted, and kills it when it took too long.
    private mutating func push(_ child: borrowing ChildProcess) {
        switch ending {
        case .none:
            if mayHaveRequests { lookForRequests() }
            guard isCancelRequested || isPauseRequested || runner.isStopping else { return killIfSilent(child) }
            logger.info("asking the training process to end")
            child.signal(SIGTERM)
            ending = .asked(killAt: .now + runner.settings.cancelGrace)
        case .asked(let killAt):
            guard killAt <= .now else { return }
            logger.warning("the training process did not end in time and is killed")
            child.signal(SIGKILL)
            ending = .killed
        case .killed:
            break
        }
    }

    /// How much longer the child may say nothing.
    private var silenceLeft: Duration? {
        runner.settings.silence > .zero ? runner.settings.silence - (SuspendingClock.now - heard) : nil
    }

    /// Ends a child that hangs. Who was held up together with its daemon gets another chance to say something.
    private mutating func killIfSilent(_ child: borrowing ChildProcess) {
        guard let left = silenceLeft, left <= .zero else { return }
        guard left > .seconds(-5) else { return heard = .now }
        logger.warning(
            "the training process says nothing and is killed", metadata: ["silence": "\(runner.settings.silence)"])
        child.signal(SIGKILL)
        (ending, wasSilent) = (.killed, true)
    }

    private mutating func lookForRequests() {
        do {
            let job = try runner.store.job(job.id)
            mayHaveRequests = false
            isCancelRequested = isCancelRequested || job.isCancelRequested
            isPauseRequested = isPauseRequested || job.isPauseRequested
        } catch {
            logger.error("the job store cannot be read", metadata: ["error": "\(error)"])
        }
    }

    @discardableResult
    private mutating func takeOutput(_ output: inout Descriptor?, _ buffer: inout [UInt8]) -> Int {
        guard let count = output?.read(into: &buffer) else {
            output = nil
            return 0
        }
        lines.take(buffer.prefix(count)) { report.take($0) }
        if count > 0 { heard = .now }
        return count
    }

    @discardableResult
    private mutating func takeErrors(_ errors: inout Descriptor?, _ buffer: inout [UInt8]) -> Int {
        guard let count = errors?.read(into: &buffer) else {
            errors = nil
            return 0
        }
        log?.append(buffer.prefix(count))
        return count
    }

    /// What cannot be stored is kept for the next time: every event, and the latest progress.
    private mutating func store(_ writes: [ChildReport.Write]) {
        let due = unwritten + writes
        do {
            try runner.store.write(due, of: job.id)
            unwritten = []
        } catch {
            logger.error("the job store cannot keep what a job tells", metadata: ["error": "\(error)"])
            unwritten = due.filter(\.isEvent).suffix(Self.unwrittenLimit) + ChildReport.Write.latest(of: due)
        }
    }

    /// An event about output that was no message, if there was any.
    private var discarded: [ChildReport.Write] {
        let content: [String: JSONValue] = [
            "unreadable_lines": .integer(report.unreadableLines), "overlong_lines": .integer(lines.overlongLines),
        ]
        guard report.unreadableLines + lines.overlongLines > 0 else { return [] }
        return [.event(kind: "output", content: content)]
    }
}
