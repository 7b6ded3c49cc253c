import Foundation
import Testing

@testable import Jobs

/// Real child processes. One after the other, as each test watches processes and files.
@Suite(.serialized) struct JobRunnerTests {
    @Test func aJobSucceedsWithItsProgressEventsAndVersion() throws {
        let bench = try RunnerBench()
        defer { bench.runner.stop() }
        try bench.start()
        let id = try bench.submit(
            """
            echo '{"type":"progress","step":1,"metrics":{"loss":3}}'
            echo '{"type":"epoch","epoch":1,"metrics":{"loss":2}}'
            echo '{"type":"checkpoint","epoch":1,"path":"c1"}'
            echo '{"type":"progress","step":9}'
            echo '{"type":"finished","path":"7"}'
            """)
        let job = try bench.ended(id)
        #expect(job.status == .succeeded)
        #expect(job.modelVersion == "digits/7")
        #expect(job.progress == #"{"step":9}"#)
        #expect(job.metrics == #"{"loss":2}"#)
        #expect(job.startedAt != nil && job.finishedAt != nil && job.attempt == 1)
        #expect(
            try bench.history(id) == [
                #"status {"status":"queued"}"#,
                #"status {"attempt":1,"status":"running"}"#,
                #"epoch {"epoch":1,"metrics":{"loss":2}}"#,
                #"checkpoint {"epoch":1,"path":"c1"}"#,
                #"status {"attempt":1,"model_version":"digits/7","status":"succeeded"}"#,
            ])
    }

    @Test func jobsRunInTheOrderOfSubmission() throws {
        let bench = try RunnerBench()
        defer { bench.runner.stop() }
        let identifiers = try (1...3).map { try bench.submit(#"echo '{"type":"finished","path":"\#($0)"}'"#) }
        try bench.start()
        for id in identifiers { #expect(try bench.ended(id).status == .succeeded) }
        #expect(bench.published.texts == ["1", "2", "3"])
    }

    /// Each job waits for the other's file; a third one runs after them.
    @Test func asManyRunAtOnceAsThereAreWorkers() throws {
        let bench = try RunnerBench(workers: 2)
        defer { bench.runner.stop() }
        func script(_ own: String, _ other: String) -> String {
            """
            touch \(own); i=0
            while [ ! -e \(other) ] && [ $i -lt 500 ]; do i=$((i+1)); sleep 0.02; done
            [ -e \(other) ] && echo '{"type":"finished","path":"\(own)"}'
            """
        }
        let ids = try [script("a", "b"), script("b", "a"), #"echo '{"type":"finished","path":"c"}'"#].map(bench.submit)
        try bench.start()
        for id in ids { #expect(try bench.ended(id).status == .succeeded) }
        #expect(Set(bench.published.texts) == ["a", "b", "c"])
    }

    @Test func aChildRunsNicedWithoutInputAndWithItsOwnDescriptorsOnly() throws {
        let bench = try RunnerBench()
        defer { bench.runner.stop() }
        try bench.start()
        let id = try bench.submit(
            #"""
            cat
            echo "{\"type\":\"checkpoint\",\"nice\":\"$(nice)\",\"open\":\"$(ls /proc/self/fd | tr '\n' ' ')\"}"
            echo "{\"type\":\"finished\",\"path\":\"$PWD\"}"
            """#)
        let job = try bench.ended(id)
        #expect(job.modelVersion == "digits/\(bench.folder.url.path)")
        // 3 is the folder that `ls` itself reads.
        #expect(try bench.history(id).contains(#"checkpoint {"nice":"\#(nice(0) + 10)","open":"0 1 2 3 "}"#))
    }

    @Test func aChildThatSaysWhyItFailedFailsAtOnce() throws {
        let bench = try RunnerBench()
        defer { bench.runner.stop() }
        try bench.start()
        let id = try bench.submit(#"echo '{"type":"failed","code":"diverged","message":"NaN at step 3"}'; exit 1"#)
        let job = try bench.ended(id)
        #expect(job.status == .failed && job.attempt == 1)
        #expect(job.failure == JobFailure(code: "diverged", message: "NaN at step 3"))
        #expect(job.statusReason == "NaN at step 3")
        #expect(bench.published.texts.isEmpty)
    }

    @Test func aCrashIsTriedAgain() throws {
        let bench = try RunnerBench()
        defer { bench.runner.stop() }
        try bench.start()
        let id = try bench.submit(
            #"if [ $ATTEMPT = 1 ]; then kill -9 $$; fi; echo '{"type":"finished","path":"2"}'"#)
        let job = try bench.ended(id)
        #expect(job.status == .succeeded && job.attempt == 2 && job.crashes == 1)
        let reason =
            "crash 1 of at most 3: the training process was ended by SIGKILL, as the system does where memory runs out"
        #expect(try bench.history(id).contains(#"status {"attempt":2,"reason":"\#(reason)","status":"queued"}"#))
    }

    @Test func crashesEndInACrashLoop() throws {
        let bench = try RunnerBench()
        defer { bench.runner.stop() }
        try bench.start()
        let id = try bench.submit("echo Fatal: /srv/secret/x.swift:3: index out of range >&2; exit 132")
        let job = try bench.ended(id)
        #expect(job.status == .failed && job.attempt == 3)
        let message =
            "The training process crashed 3 times; the last time it exited with code 132, "
            + "saying: Fatal: x.swift:3: index out of range."
        #expect(job.failure == JobFailure(code: "crash_loop", message: message))
        let log = try String(
            contentsOf: bench.folder.url.appendingPathComponent("logs/\(id).log"), encoding: .utf8)
        #expect(log == String(repeating: "Fatal: /srv/secret/x.swift:3: index out of range\n", count: 3))
    }

    /// The first one stops itself and is killed for its silence; the second one is slow, but speaks.
    @Test func aChildThatHangsIsKilledAndTriedAgain() throws {
        let bench = try RunnerBench(silence: .milliseconds(500))
        defer { bench.runner.stop() }
        try bench.start()
        let id = try bench.submit(
            #"""
            [ $ATTEMPT = 1 ] && kill -STOP $$
            for i in 1 2 3 4 5 6 7 8; do echo '{"type":"progress"}'; sleep 0.1; done
            echo '{"type":"finished","path":"1"}'
            """#)
        let job = try bench.ended(id)
        #expect(job.status == .succeeded && job.attempt == 2 && job.crashes == 1)
        #expect(try bench.history(id).contains { $0.contains("said nothing for 0 s and was killed") })
    }

    @Test func aChildWithoutAResultFails() throws {
        let bench = try RunnerBench()
        defer { bench.runner.stop() }
        try bench.start()
        #expect(try bench.ended(try bench.submit("exit 0")).failure?.code == "no_result")
    }

    @Test func aProgramThatIsNotThereFailsWithTheReason() throws {
        let bench = try RunnerBench(command: { _ in
            ChildCommand(
                executable: "/no/such/program", arguments: [], logFile: URL(fileURLWithPath: "/no/such/folder/log"))
        })
        defer { bench.runner.stop() }
        try bench.start()
        let failure = try bench.ended(try bench.submit("")).failure
        #expect(failure?.code == "crash_loop")
        #expect(failure?.message.contains("could not be started (No such file or directory)") == true)
    }

    @Test func aCommandThatCannotBeBuiltFailsTheJob() throws {
        let failure = JobFailure(code: "dataset_not_found", message: "There is no dataset 'x'.", parameter: "dataset")
        let bench = try RunnerBench(command: { _ in throw failure })
        defer { bench.runner.stop() }
        try bench.start()
        #expect(try bench.ended(try bench.submit("")).failure == failure)
    }

    @Test func aPublicationThatFailsFailsTheJob() throws {
        struct Refusal: Error, CustomStringConvertible { let description = "the weights in /srv/a.bin are cut" }
        let bench = try RunnerBench(publish: { _ in throw Refusal() })
        defer { bench.runner.stop() }
        try bench.start()
        let job = try bench.ended(try bench.submit(#"echo '{"type":"finished","path":"1"}'"#))
        #expect(job.failure == JobFailure(code: "publication_failed", message: "the weights in a.bin are cut"))
        #expect(job.modelVersion == nil)
    }

    @Test func garbageAndOverlongLinesAreCountedAndHarmless() throws {
        let bench = try RunnerBench()
        defer { bench.runner.stop() }
        try bench.start()
        let id = try bench.submit(
            #"""
            head -c 300000 /dev/zero | tr '\0' 'x'; echo
            echo '{"type":"progress","step":1e999}'; printf '\377\376\n'
            echo '{"type":"progress","step":5}'
            printf '{"type":"finished","path":"1"}'
            """#)
        let job = try bench.ended(id)
        #expect(job.status == .succeeded)
        #expect(job.progress == #"{"step":5}"#)
        #expect(try bench.history(id).contains(#"output {"overlong_lines":1,"unreadable_lines":2}"#))
    }

    @Test func aFloodEndsWithTheLastProgress() throws {
        let bench = try RunnerBench(progressInterval: .milliseconds(500))
        defer { bench.runner.stop() }
        try bench.start()
        let id = try bench.submit(
            #"""
            i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo "{\"type\":\"progress\",\"step\":$i}"; done
            yes noise | head -c 3000000 >&2
            echo '{"type":"finished","path":"1"}'
            """#)
        let job = try bench.ended(id)
        #expect(job.status == .succeeded)
        #expect(job.progress == #"{"step":20000}"#)
        #expect(try bench.store.events(of: id).count == 3)
    }
}
