import Testing

@testable import Jobs

@Suite struct AttemptOutcomeTests {
    private typealias Verdict = AttemptOutcome.Verdict
    private static let failure = JobFailure(code: "diverged", message: "The loss is not finite.")

    @Test func theFirstRuleThatFitsDecides() {
        let cancelled = Verdict.end(.cancelled(reason: "cancelled while running"))
        let stopped = Verdict.end(.requeued(reason: "the daemon stopped while the job ran", crashed: false))
        let cases: [(AttemptOutcome, Verdict)] = [
            (AttemptOutcome(exit: .code(0), resultPath: "/r"), .publish(path: "/r")),
            (AttemptOutcome(exit: .code(0), resultPath: "/r", isStopping: true), .publish(path: "/r")),
            (AttemptOutcome(exit: .code(0), resultPath: "/r", isCancelRequested: true), cancelled),
            (AttemptOutcome(exit: .signal(9), isCancelRequested: true, isStopping: true), cancelled),
            (AttemptOutcome(exit: .code(130), isCancelRequested: true, isPauseRequested: true), cancelled),
            (AttemptOutcome(exit: .code(130), isPauseRequested: true, isStopping: true), .end(.paused)),
            (AttemptOutcome(exit: .signal(9), isPauseRequested: true, crashes: 2), .end(.paused)),
            (AttemptOutcome(exit: .code(0), resultPath: "/r", isPauseRequested: true), .publish(path: "/r")),
            (
                AttemptOutcome(exit: .code(1), failure: Self.failure, isPauseRequested: true),
                .end(.failed(Self.failure))
            ),
            (AttemptOutcome(exit: .signal(15), isStopping: true, crashes: 2), stopped),
            (AttemptOutcome(exit: .code(1), failure: Self.failure), .end(.failed(Self.failure))),
            (AttemptOutcome(exit: .code(0), resultPath: "/r", failure: Self.failure), .end(.failed(Self.failure))),
        ]
        for (outcome, verdict) in cases { #expect(outcome.verdict == verdict, "\(outcome)") }
    }

    @Test func aResultCountsOnlyWithExitCodeZero() {
        guard case .end(.requeued(_, crashed: true)) = AttemptOutcome(exit: .signal(11), resultPath: "/r").verdict
        else {
            Issue.record("a crashed child's result was taken")
            return
        }
    }

    @Test func aChildThatHangsCountsAsCrashed() {
        let outcome = AttemptOutcome(exit: .signal(9), silence: .seconds(1800))
        let words = "crash 1 of at most 3: the training process said nothing for 1800 s and was killed"
        #expect(outcome.verdict == .end(.requeued(reason: words, crashed: true)))
    }

    @Test(arguments: [
        (ChildExit.signal(9), "was ended by SIGKILL, as the system does where memory runs out"),
        (.signal(64), "was ended by signal 64"),
        (.code(3), "exited with code 3, saying: out of memory"),
        (.notStarted("No such file"), "could not be started (No such file)"),
    ])
    func crashesAreTriedAgainUpToTheLimit(_ exit: ChildExit, _ words: String) {
        var outcome = AttemptOutcome(exit: exit, lastWords: "out of memory", crashes: 1)
        #expect(
            outcome.verdict
                == .end(.requeued(reason: "crash 2 of at most 3: the training process \(words)", crashed: true)))
        outcome.crashes = 2
        let failure = JobFailure(
            code: "crash_loop", message: "The training process crashed 3 times; the last time it \(words).")
        #expect(outcome.verdict == .end(.failed(failure)))
    }
}
