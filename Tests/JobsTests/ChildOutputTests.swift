import Foundation
import Testing

@testable import Jobs

@Suite struct ChildOutputTests {
    @Test func cutsLinesHoweverTheBytesArrive() {
        let text = Array("one\n\ntwo\nthree, too long\nfour".utf8)
        for size in 1...text.count {
            var splitter = LineSplitter(limit: 5)
            var lines: [String] = []
            for start in stride(from: 0, to: text.count, by: size) {
                splitter.take(text[start..<min(start + size, text.count)]) {
                    lines.append(String(decoding: $0, as: UTF8.self))
                }
            }
            splitter.finish { lines.append(String(decoding: $0, as: UTF8.self)) }
            #expect(lines == ["one", "two", "four"])
            #expect(splitter.overlongLines == 1)
        }
    }

    @Test func readsMessages() {
        let cases: [(String, ChildMessage?)] = [
            (
                #"{"type":"progress","epoch":1,"fraction":0.5,"metrics":{"loss":1.5}}"#,
                .progress(#"{"epoch":1,"fraction":0.5}"#, metrics: #"{"loss":1.5}"#)
            ),
            (#"{"type":"progress"}"#, .progress("{}", metrics: nil)),
            (#"{"type":"progress","metrics":3}"#, .progress("{}", metrics: nil)),
            (
                #"{"type":"checkpoint","epoch":5,"path":"/a/b"}"#,
                .event(kind: "checkpoint", content: ["epoch": .integer(5), "path": .string("/a/b")], metrics: nil)
            ),
            (#"{"type":"finished","path":"/a/b"}"#, .finished(path: "/a/b")),
            (
                #"{"type":"failed","code":"disk_full","message":"cannot write /var/lib/x.bin"}"#,
                .failed(JobFailure(code: "disk_full", message: "cannot write x.bin"))
            ),
            (
                #"{"type":"failed","code":"No such code!"}"#,
                .failed(JobFailure(code: "training_failed", message: "The training failed."))
            ),
            ("garbage", nil), ("[1,2]", nil), (#"{"type":"finished"}"#, nil), (#"{"type":"other"}"#, nil),
            (#"{"type":"progress","x":NaN}"#, nil), (#"{"type":"progress","x":1e999}"#, nil), ("{}", nil),
            (String(repeating: "[", count: 60_000), nil),
        ]
        for (line, message) in cases {
            #expect(ChildMessage(line: Array(line.utf8)) == message, "\(line.prefix(80))")
        }
    }

    @Test func refusesBytesThatAreNotText() {
        #expect(ChildMessage(line: [0xFF, 0xFE, 0x00, 0x7B]) == nil)
    }

    @Test func progressIsStoredOnceAnInterval() {
        let start = ContinuousClock.now
        var report = ChildReport(interval: .seconds(1))
        func progress(_ step: Int) -> [UInt8] { Array(#"{"type":"progress","step":\#(step)}"#.utf8) }
        func latest(_ step: Int) -> [ChildReport.Write] { [.latest(progress: #"{"step":\#(step)}"#, metrics: nil)] }

        #expect(report.writes(at: start).isEmpty)
        report.take(progress(1))
        #expect(report.writes(at: start) == latest(1))
        report.take(progress(2))
        report.take(progress(3))
        #expect(report.writes(at: start + .milliseconds(999)).isEmpty)
        #expect(report.due == start + .seconds(1))
        #expect(report.writes(at: start + .seconds(1)) == latest(3))
        #expect(report.due == nil)
        report.take(progress(4))
        #expect(report.writes(at: start + .seconds(1), isEnd: true) == latest(4))
    }

    @Test func whatCouldNotBeStoredKeepsTheLatestOfEach() {
        typealias Write = ChildReport.Write
        let event = Write.event(kind: "epoch", content: [:])
        #expect(Write.latest(of: [event]).isEmpty)
        #expect(
            Write.latest(of: [.latest(progress: "1", metrics: "a"), event, .latest(progress: "2", metrics: nil), event])
                == [.latest(progress: "2", metrics: "a")])
    }

    @Test func eventsAreStoredAtOnceWithTheirMetrics() {
        let start = ContinuousClock.now
        var report = ChildReport(interval: .seconds(1))
        report.take(Array(#"{"type":"progress","step":1}"#.utf8))
        _ = report.writes(at: start)
        report.take(Array(#"{"type":"epoch","epoch":1,"metrics":{"a":1}}"#.utf8))
        let content: [String: JSONValue] = ["epoch": .integer(1), "metrics": .object(["a": .integer(1)])]
        #expect(report.writes(at: start) == [.event(kind: "epoch", content: content)])
        #expect(report.writes(at: start + .seconds(1)) == [.latest(progress: nil, metrics: #"{"a":1}"#)])
    }

    @Test(arguments: [
        ("plain words, 300 images/s", "plain words, 300 images/s"),
        ("cannot open /var/lib/latentd/a.json: no", "cannot open a.json: no"),
        ("'/srv/x/y'", "'y'"), ("file:///srv/x", "file:x"), ("a\u{1B}[31mred\u{7}\nnext", "a[31mred next"),
        ("/ alone", "/ alone"), (String(repeating: "x", count: 600), String(repeating: "x", count: 499) + "…"),
    ])
    func publicTextHasNoPathsAndNoControls(_ text: String, _ expected: String) {
        #expect(PublicText.sentence(text) == expected)
    }

    @Test func lastLinesSkipsEmptyOnes() {
        #expect(PublicText.lastLines(Array("one\ntwo\n\nthree\nfour\n".utf8)) == "two | three | four")
        #expect(PublicText.lastLines([]) == nil)
    }
}
