import HTTP
import Testing

@Suite("Server-sent events")
struct ServerSentEventTests {
    private func text(_ event: ServerSentEvent) -> String { String(decoding: event.bytes, as: UTF8.self) }

    @Test func `Fields come one a line, and an empty line ends the event`() {
        let event = ServerSentEvent(id: "7", name: "epoch", data: Array("{}".utf8), retry: .milliseconds(2500))
        #expect(text(event) == "retry: 2500\nid: 7\nevent: epoch\ndata: {}\n\n")
        #expect(text(ServerSentEvent(data: Array("x".utf8))) == "data: x\n\n")
        #expect(text(ServerSentEvent(retry: .seconds(2))) == "retry: 2000\n\n")
    }

    @Test(arguments: [
        ("a\nb", "data: a\ndata: b\n\n"), ("a\r\nb", "data: a\ndata: b\n\n"), ("a\rb", "data: a\ndata: b\n\n"),
        ("\n", "data: \ndata: \n\n"), ("a\n\nb\r", "data: a\ndata: \ndata: b\ndata: \n\n"),
        ("a\r\r\nb", "data: a\ndata: \ndata: b\n\n"), (" a: b", "data:  a: b\n\n"), ("é", "data: é\n\n"),
    ])
    func `Every line of the data is a line of data`(data: String, expected: String) {
        #expect(text(ServerSentEvent(data: Array(data.utf8))) == expected)
    }

    @Test func `An id and a name cannot break out of their lines`() {
        let event = ServerSentEvent(id: "1\n\rdata: x\0", name: "a\r\nid: 9", data: Array("d".utf8))
        #expect(text(event) == "id: 1data: x\nevent: aid: 9\ndata: d\n\n")
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `What a client reads is what was written`(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        for _ in 0..<2000 {
            let alphabet = Array("a: \n\r".utf8)
            let count = Int.random(in: 1...12, using: &random)
            let data = (0..<count).compactMap { _ in alphabet.randomElement(using: &random) }
            let read = Self.read(ServerSentEvent(id: "5", name: "n", data: data).bytes)
            #expect(read.id == "5" && read.name == "n")
            #expect(read.data == Self.withOneLineEnd(data))
        }
    }

    /// As WHATWG HTML §9.2.6 has clients do it, for lines that end in LF.
    private static func read(_ bytes: [UInt8]) -> (id: String, name: String, data: [UInt8]) {
        var (id, name, data) = ("", "", [UInt8]())
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) where !line.isEmpty {
            let end = line.firstIndex(of: 0x3A) ?? line.endIndex
            var value = line[end...].dropFirst()
            if value.first == 0x20 { value = value.dropFirst() }
            switch String(decoding: line[..<end], as: UTF8.self) {
            case "id": id = String(decoding: value, as: UTF8.self)
            case "event": name = String(decoding: value, as: UTF8.self)
            case "data": data += value + [0x0A]
            default: Issue.record("an unknown field in \(bytes)")
            }
        }
        return (id, name, data.dropLast())
    }

    private static func withOneLineEnd(_ data: [UInt8]) -> [UInt8] {
        var (result, isAfterReturn) = ([UInt8](), false)
        for byte in data {
            if byte != 0x0A || !isAfterReturn { result.append(byte == 0x0D ? 0x0A : byte) }
            isAfterReturn = byte == 0x0D
        }
        return result
    }
}
