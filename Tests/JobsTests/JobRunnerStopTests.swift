import CLinux
import Foundation
import Synchronization
import Testing

@testable import Jobs

/// Cancelling jobs, stopping the runner, and starting it again.
@Suite(.serialized) struct JobRunnerStopTests {
    /// Says its process number, then waits for ever.
    private static let waiting = #"echo "{\"type\":\"progress\",\"process\":$$}"; sleep 1000"#
    private static let stubborn = "trap '' TERM; " + waiting

    @Test(arguments: [waiting, stubborn])
    func cancelEndsTheChild(_ script: String) throws {
        let bench = try RunnerBench(grace: .milliseconds(50))
        defer { bench.runner.stop() }
        try bench.start()
        let id = try bench.submit(script)
        let process = try process(of: bench.wait(id) { $0.progress != nil })
        _ = try bench.store.requestCancel(id)
        let job = try bench.ended(id)
        #expect(job.status == .cancelled && job.statusReason == "cancelled while running")
        #expect(kill(process, 0) == -1)
        #expect(try bench.ended(bench.submit(#"echo '{"type":"finished","path":"1"}'"#)).status == .succeeded)
    }

    @Test func cancelTakesWhatTheChildStartedToo() throws {
        let bench = try RunnerBench()
        defer { bench.runner.stop() }
        try bench.start()
        let id = try bench.submit(
            #"sleep 1000 & echo "{\"type\":\"progress\",\"process\":$!}"; trap 'exit 0' TERM; wait"#)
        let grandchild = try process(of: bench.wait(id) { $0.progress != nil })
        _ = try bench.store.requestCancel(id)
        #expect(try bench.ended(id).status == .cancelled)
        let deadline = ContinuousClock.now + .seconds(30)
        while isRunning(grandchild), ContinuousClock.now < deadline { sched_yield() }
        #expect(!isRunning(grandchild))
    }

    /// A zombie that init has not taken yet does not run.
    private func isRunning(_ process: pid_t) -> Bool {
        let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        return state.map { !$0.contains(") Z") } ?? false
    }

    @Test(arguments: [waiting, stubborn])
    func stopGivesTheJobBackToTheQueue(_ script: String) throws {
        let bench = try RunnerBench(grace: .milliseconds(50))
        try bench.start()
        let id = try bench.submit(script)
        let process = try process(of: bench.wait(id) { $0.progress != nil })
        bench.runner.stop()
        let job = try bench.store.job(id)
        #expect(job.status == .queued && job.attempt == 2 && job.crashes == 0)
        #expect(job.statusReason == "the daemon stopped while the job ran")
        #expect(kill(process, 0) == -1)
        bench.runner.stop()
    }

    @Test(arguments: [waiting, stubborn])
    func aPausedJobHasNoProcessUntilItIsResumed(_ script: String) throws {
        let bench = try RunnerBench(grace: .milliseconds(50))
        defer { bench.runner.stop() }
        try bench.start()
        let id = try bench.submit(script)
        let process = try process(of: bench.wait(id) { $0.progress != nil })
        #expect(try bench.store.requestPause(id).isPauseRequested)
        let paused = try bench.wait(id) { $0.status == .paused }
        #expect(paused.attempt == 1 && paused.crashes == 0 && !paused.isPauseRequested)
        #expect(kill(process, 0) == -1)
        // The place that it had is another's meanwhile.
        #expect(try bench.ended(bench.submit(#"echo '{"type":"finished","path":"1"}'"#)).status == .succeeded)
        #expect(try bench.store.resume(id).attempt == 2)
        let again = try bench.wait(id) { $0.status == .running }
        #expect(again.attempt == 2)
        _ = try bench.store.requestCancel(id)
        #expect(try bench.ended(id).status == .cancelled)
    }

    @Test func stopWithoutWorkReturns() throws {
        let bench = try RunnerBench()
        try bench.start()
        bench.runner.stop()
        let never = try RunnerBench()
        never.runner.stop()
    }

    @Test func aFinishedResultIsPublishedAfterARestartWithoutTrainingAgain() throws {
        let bench = try RunnerBench(command: { _ in throw JobFailure(code: "trained_again", message: "") })
        defer { bench.runner.stop() }
        let id = try bench.submit("")
        _ = try bench.store.claim()
        try bench.store.record(resultPath: "9", of: id)
        try bench.start()
        let job = try bench.ended(id)
        #expect(job.status == .succeeded && job.attempt == 2 && job.modelVersion == "digits/9")
    }

    /// The kernel kills the child when the thread that started it is gone, as it does when the whole daemon dies.
    @Test func theChildDiesWithItsParent() throws {
        let started = DispatchSemaphore(value: 0)
        let child = Mutex(linux_child())
        let thread = Thread {
            defer { started.signal() }
            let command = ChildCommand(
                executable: "/bin/sleep", arguments: ["1000"], logFile: URL(fileURLWithPath: "/dev/null"))
            child.withLock { child in
                if let new = try? ChildProcess.start(command, output: 2, errors: 2, niceness: 0) { child = new }
            }
        }
        thread.start()
        started.wait()
        let (process, ended) = child.withLock { ($0.process, $0.descriptor) }
        try #require(process > 0)
        #expect(try WakeSignal().wait(for: [Descriptor(owning: ended)], until: .now + .seconds(30)) == [true])
        #expect(linux_child_reap(process) == 256 + SIGKILL)
    }

    private func process(of job: Job) throws -> pid_t {
        let text = try #require(job.progress)
        let members = try JSONDecoder().decode([String: Int32].self, from: Data(text.utf8))
        return try #require(members["process"])
    }
}
