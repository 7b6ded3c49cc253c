import ArgumentParser
import Foundation
import Testing

@testable import latentd

@Suite struct JobsCommandTests {
    @Test(arguments: [
        (["list"], true), (["list", "--status", "running", "--limit", "1000"], true),
        (["list", "--limit", "0"], false),
        (["list", "--status", "walking"], false), (["show"], false),
        (["tail", "job_1", "--server", "http://a:1"], true),
        (["submit", "--preset", "mnist-2d", "--dataset", "mnist", "--epochs", "2"], true),
        (["submit", "--preset", "mnist-2d"], false), (["submit", "--dataset", "mnist"], false),
        (["submit", "--preset", "a", "--model", "b", "--dataset", "mnist"], false),
        (["submit", "--file", "-"], true), (["submit", "--file", "-", "--key", "k", "--follow"], true),
        (["submit", "--file", "-", "--epochs", "2"], false), (["submit", "--file", "-", "--dataset", "mnist"], false),
        (["submit", "--file", "-", "--schedule", "linear"], false),
        (["submit", "--file", "-", "--priority", "1"], false),
    ])
    func flagsThatExcludeEachOther(arguments: [String], isTaken: Bool) {
        if isTaken {
            #expect(throws: Never.self) { try JobsCommand.parseAsRoot(arguments) }
        } else {
            #expect(throws: (any Error).self) { try JobsCommand.parseAsRoot(arguments) }
        }
    }

    /// What nobody asked for is the daemon's to choose.
    @Test func aRequestHoldsWhatTheFlagsSay() throws {
        let command = try JobsCommand.Submit.parse([
            "--preset", "mnist-2d", "--dataset", "mnist", "--epochs", "3", "--learning-rate", "0.01", "--schedule",
            "cosine", "--priority", "-5", "--name", "mine",
        ])
        #expect(
            String(decoding: try command.body(), as: UTF8.self)
                == #"{"dataset":"mnist","model":"mnist-2d","name":"mine","priority":-5,"#
                + #""training":{"epochs":3,"learning_rate":0.01,"schedule":"cosine"}}"#)
        let plain = try JobsCommand.Submit.parse(["--preset", "mnist-2d", "--dataset", "mnist"])
        #expect(
            String(decoding: try plain.body(), as: UTF8.self)
                == #"{"dataset":"mnist","model":"mnist-2d","training":{}}"#)
    }

    @Test(arguments: [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"), ("https://vae.example/", "https://vae.example"),
        ("http://[::1]:9000", "http://[::1]:9000"), ("HTTP://a", "HTTP://a"), ("127.0.0.1:8080", nil), ("", nil),
        ("ftp://a", nil), ("http://", nil), ("http://a/v1", nil), ("http://a?b", nil), ("http://u:p@a", nil),
    ])
    func anAddressIsAServersAlone(text: String, address: String?) {
        #expect((try? ServerOptions.address(text))?.absoluteString == address)
    }

    @Test func theTokenIsThatOfTheNearestSource() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("token-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        func token(_ content: String, flags: [String] = [], environment: [String: String] = [:]) throws -> String? {
            try Data(content.utf8).write(to: file)
            return try ServerOptions.parse(flags).client(environment: environment).token
        }
        let (named, variable) = (["--token-file", file.path], ["LATENTD_TOKEN_FILE": file.path])
        #expect(try token("a") == nil)
        #expect(try token("file\n", flags: named, environment: ["LATENTD_TOKEN": "variable"]) == "file")
        #expect(
            try token("file", environment: variable.merging(["LATENTD_TOKEN": "variable"]) { $1 }) == "variable")
        #expect(try token("Authorization: Bearer file\n", environment: variable) == "file")
        for content in ["", " \n", "a b", "a\nb", "é"] {
            #expect(throws: ValidationError.self) { try token(content, flags: named) }
        }
        #expect(throws: ValidationError.self) { try token("", flags: ["--token-file", "/nowhere"]) }
        let options = try ServerOptions.parse(["--server", "http://b"])
        #expect(try options.client(environment: ["LATENTD_SERVER": "http://a"]).address.absoluteString == "http://b")
    }

    @Test(arguments: ["\n", "\r\n", "\r"], [1, 2, 7, 1000])
    func eventsAreReadHoweverTheyAreCut(lineEnd: String, piece: Int) {
        let text = """
            retry: 2000

            :

            id: 7
            event: epoch
            data: {"a":
            data:  1}
            unknown: x

            event: progress
            data:{}

            id: x
            data

            id: 9
            event: cut

            """
        let bytes = Array(text.replacing("\n", with: lineEnd).utf8)
        var parser = EventParser()
        var events: [StreamedEvent] = []
        for start in stride(from: 0, to: bytes.count, by: piece) {
            events += parser.take(bytes[start..<min(bytes.count, start + piece)])
        }
        #expect(
            events == [
                StreamedEvent(id: 7, name: "epoch", data: Data("{\"a\":\n 1}".utf8)),
                StreamedEvent(id: nil, name: "progress", data: Data("{}".utf8)), StreamedEvent(),
            ])
    }

    @Test func anEventIsALine() throws {
        func line(_ type: String, _ data: String) throws -> String {
            let json = #"{"sequence":1,"type":"\#(type)","created_at":"2026-01-01T00:00:00.000Z","data":\#(data)}"#
            return JobView.line(try JSONDecoder().decode(RemoteEvent.self, from: Data(json.utf8)), epochs: 9)
        }
        let start = "2026-01-01T00:00:00.000Z"
        #expect(try line("checkpoint", #"{"epoch":1,"step":5}"#) == "\(start) checkpoint")
        #expect(try line("status", #"{"status":"queued"}"#) == "\(start) status queued")
        #expect(
            try line("status", #"{"status":"running","attempt":2,"reason":"why"}"#)
                == "\(start) status running, attempt 2: why")
        #expect(
            try line(
                "epoch",
                #"{"epoch":2,"images_per_second":1e300,"metrics":{"train":{"reconstruction":1,"kl":2,"objective":3,"negative_elbo":3}}}"#
            )
                == "\(start) epoch epoch 2/9  train −ELBO 3.00 (reconstruction 1.00 + KL 2.00, objective 3.00)  0 images/s"
        )
        #expect(try line("later", #"{"status":"queued"}"#) == "\(start) later")
    }
}
