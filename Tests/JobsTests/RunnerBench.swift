import Foundation
import Logging
import Synchronization
import Testing

@testable import Jobs

/// A store and a runner whose children are shell scripts: a job's specification is its script.
final class RunnerBench: Sendable {
    let folder: TemporaryFolder
    let store: JobStore
    let runner: JobRunner
    let published = Recorder()

    /// - Parameter publish: gives the version for a result; by default `digits/` and the result's path.
    init(
        grace: Duration = .seconds(20), silence: Duration = .zero, progressInterval: Duration = .milliseconds(1),
        workers: Int = 1,
        command: JobRunner.CommandBuilder? = nil,
        publish: @escaping @Sendable (String) throws -> String = { "digits/\($0)" }
    ) throws {
        let folder = try TemporaryFolder()
        let published = published
        self.folder = folder
        store = try JobStore(folder: folder.url.appendingPathComponent("state"))
        var settings = JobRunner.Settings()
        settings.cancelGrace = grace
        settings.silence = silence
        settings.progressInterval = progressInterval
        settings.concurrentJobs = workers
        let script: JobRunner.CommandBuilder = { job in
            ChildCommand(
                executable: "/bin/sh", arguments: ["-c", job.specification],
                environment: ["PATH": "/usr/bin:/bin", "ATTEMPT": "\(job.attempt)"], folder: folder.url,
                logFile: folder.url.appendingPathComponent("logs/\(job.id).log"))
        }
        runner = try JobRunner(
            store: store, settings: settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            command: command ?? script
        ) { job, path in
            published.append(path)
            return try publish(path)
        }
    }

    /// Starts the runner.
    func start() throws { try runner.start() }

    func submit(_ script: String) throws -> JobIdentifier {
        try store.submit(JobSubmission(name: "test", specification: script)).job.id
    }

    /// Waits until the job fulfils `condition`, at most 30 seconds; each look follows a change in the store.
    func wait(_ id: JobIdentifier, until condition: (Job) throws -> Bool) throws -> Job {
        let change = DispatchSemaphore(value: 0)
        let observation = store.observe { _ in change.signal() }
        defer { observation.cancel() }
        let deadline = DispatchTime.now() + 30
        while true {
            let job = try store.job(id)
            if try condition(job) { return job }
            guard change.wait(timeout: deadline) == .success else {
                Issue.record("waited in vain: \(job)")
                return job
            }
        }
    }

    func ended(_ id: JobIdentifier) throws -> Job {
        try wait(id) { $0.status.isFinal }
    }

    /// The reasons or contents of a job's events, as `kind content`.
    func history(_ id: JobIdentifier) throws -> [String] {
        try store.events(of: id).map { "\($0.kind) \($0.content)" }
    }
}
