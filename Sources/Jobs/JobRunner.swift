import CLinux
import Foundation
import Logging
import Synchronization

/// Carries out queued jobs, each in a child process, and publishes what they made.
///
/// One thread a running job waits for its child, for cancellations and for deadlines, and sleeps in between. Whatever
/// happens to the child, the job ends in a status that says so.
public final class JobRunner: Sendable {
    /// How jobs are run.
    public struct Settings: Sendable {
        /// How many jobs run at a time.
        public var concurrentJobs = 1
        /// How long a child may take to end after SIGTERM before it is killed.
        public var cancelGrace: Duration = .seconds(10)
        /// How often a job's child may crash before the job fails with `crash_loop`.
        public var maximumCrashes = 3
        /// How long a child may say nothing before it is killed and counts as crashed; zero for as long as it likes.
        public var silence: Duration = .seconds(1800)
        /// The children's priority, 0 (as the daemon) to 19 (only when nothing else wants the processor).
        public var niceness = 10
        /// Progress is stored once an interval at most; epochs and checkpoints at once.
        public var progressInterval: Duration = .milliseconds(500)

        public init() {}
    }

    /// Makes the command that does a job. A `JobFailure` that it throws fails the job in these words.
    public typealias CommandBuilder = @Sendable (Job) throws -> ChildCommand

    /// Makes a finished job's result, which the child left at a path, available, and gives its `name/version`.
    ///
    /// After a crash of the daemon it may be called again for the same job, and must then give the same version.
    public typealias Publisher = @Sendable (Job, _ resultPath: String) throws -> String

    let store: JobStore
    let settings: Settings
    let logger: Logger
    let command: CommandBuilder
    let publish: Publisher
    private let isStopped = Atomic<Bool>(false)
    private let isStarted = Atomic<Bool>(false)
    private let wakes: [WakeSignal]
    private let threads = DispatchGroup()
    private let observation: JobObservation

    /// Prepares a runner; `start` sets it going.
    ///
    /// - Throws: `SystemError` when the process is out of descriptors.
    public init(
        store: JobStore, settings: Settings = Settings(), logger: Logger, command: @escaping CommandBuilder,
        publish: @escaping Publisher
    ) throws {
        let wakes = try (0..<max(1, settings.concurrentJobs)).map { _ in try WakeSignal() }
        self.store = store
        self.settings = settings
        self.logger = logger
        self.command = command
        self.publish = publish
        self.wakes = wakes
        observation = store.observe { _ in wakes.forEach { $0.signal() } }
    }

    /// Whether `stop` was called.
    var isStopping: Bool { isStopped.load(ordering: .acquiring) }

    /// Brings back the jobs that a dead daemon left running, then begins to work off the queue.
    public func start() throws(JobStoreError) {
        guard !isStarted.exchange(true, ordering: .acquiringAndReleasing) else { return }
        for job in try store.recover() {
            logger.notice(
                "a job was left running by an earlier daemon",
                metadata: ["job.id": "\(job.id)", "job.status": "\(job.status.rawValue)"])
        }
        for wake in wakes {
            threads.enter()
            let thread = Thread { [self] in
                linux_name_thread("jobs")
                work(wake)
                threads.leave()
            }
            thread.start()
        }
    }

    /// Ends the children, gives their jobs back to the queue, and waits for that: at most the grace, a moment for the
    /// database, and a publication under way.
    public func stop() {
        isStopped.store(true, ordering: .releasing)
        wakes.forEach { $0.signal() }
        threads.wait()
        observation.cancel()
    }

    private func work(_ wake: WakeSignal) {
        while !isStopping {
            wake.reset()
            var claimed: Job?
            keep(wake, "claim a job") { () throws(JobStoreError) in claimed = try store.claim() }
            if let claimed {
                run(claimed, wake)
            } else {
                wake.wait(until: nil)
            }
        }
    }

    private func run(_ job: Job, _ wake: WakeSignal) {
        var logger = logger
        logger[metadataKey: "job.id"] = "\(job.id)"
        if let path = job.resultPath { return publish(job, path, wake, logger) }

        let child: ChildCommand
        do {
            child = try command(job)
        } catch {
            return finish(job, .failed(Self.failure(error, code: "start_failed")), wake, logger)
        }
        logger.info("job started", metadata: ["job.attempt": "\(job.attempt)"])
        var attempt = JobAttempt(job: job, runner: self, wake: wake, logger: logger)
        let verdict = attempt.run(child)
        keep(wake, "keep events") { () throws(JobStoreError) in try store.write(attempt.unwritten, of: job.id) }
        switch verdict {
        case .end(let ending): finish(job, ending, wake, logger)
        case .publish(let path):
            var isKept: Bool?
            keep(wake, "keep a result") { () throws(JobStoreError) in
                isKept = try store.record(resultPath: path, of: job.id)
            }
            switch isKept {
            case true?: publish(job, path, wake, logger)
            case false?: finish(job, .cancelled(reason: "cancelled while running"), wake, logger)
            case nil: break  // the daemon stops over a database that does not answer: its next start sees to the job
            }
        }
    }

    private func publish(_ job: Job, _ path: String, _ wake: WakeSignal, _ logger: Logger) {
        do {
            let version = try publish(job, path)
            finish(job, .succeeded(modelVersion: version), wake, logger)
        } catch {
            finish(job, .failed(Self.failure(error, code: "publication_failed")), wake, logger)
        }
    }

    private func finish(_ job: Job, _ ending: JobEnding, _ wake: WakeSignal, _ logger: Logger) {
        keep(wake, "end a job") { () throws(JobStoreError) in
            let job = try store.end(job.id, ending)
            logger.info(
                "job left the runner",
                metadata: ["job.status": "\(job.status.rawValue)", "job.reason": "\(job.statusReason ?? "")"])
        }
    }

    /// Repeats a write until it succeeds, ever more slowly; gives up when the daemon stops, as the next start recovers.
    private func keep(_ wake: WakeSignal, _ what: String, _ write: () throws(JobStoreError) -> Void) {
        var delay = Duration.milliseconds(100)
        while true {
            do {
                return try write()
            } catch {
                logger.error("the job store cannot \(what)", metadata: ["error": "\(error)"])
                switch error {
                case .conflict, .notFound: return
                default: break
                }
            }
            let retry = ContinuousClock.now + delay
            while !isStopping, ContinuousClock.now < retry {
                wake.reset()
                wake.wait(until: retry)
            }
            if isStopping { return }
            delay = min(delay * 2, .seconds(30))
        }
    }

    static func failure(_ error: any Error, code: String) -> JobFailure {
        error as? JobFailure ?? JobFailure(code: code, message: PublicText.sentence("\(error)"))
    }
}
