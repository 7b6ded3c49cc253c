import HTTP
import Testing

@Suite("Request parser tables")
struct ParserTableTests {
    @Test("come out as the RFCs say", arguments: allParserCases)
    func table(row: ParserCase) {
        #expect(ParserCase.expectation(of: parse(row.text)) == row.expected, "\(parse(row.text))")
    }

    @Test("come out the same cut at every byte", arguments: allParserCases)
    func cutOnce(row: ParserCase) {
        let bytes = Array(row.text.utf8)
        let whole = parse([bytes])
        // Long rows are cut where it matters: near their ends.
        for cut in bytes.indices where bytes.count < 600 || cut < 60 || cut > bytes.count - 60 {
            #expect(parse([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole, "cut at \(cut)")
        }
    }

    @Test("come out the same byte by byte", arguments: allParserCases)
    func byteByByte(row: ParserCase) {
        let bytes = Array(row.text.utf8)
        #expect(parse(bytes.map { [$0] }) == parse([bytes]))
    }

    @Test func `Keep-alive follows the token rules of RFC 9112 §9.3`() {
        let rows: [(version: String, connection: String?, lives: Bool)] = [
            ("HTTP/1.1", nil, true), ("HTTP/1.1", "close", false), ("HTTP/1.1", "CLOSE", false),
            ("HTTP/1.1", "keep-alive", true), ("HTTP/1.1", "keep-alive, close", false),
            ("HTTP/1.1", "x , close", false),
            ("HTTP/1.1", "closed", true), ("HTTP/1.1", "", true), ("HTTP/1.1", ",,close", false),
            ("HTTP/1.0", nil, false), ("HTTP/1.0", "keep-alive", true), ("HTTP/1.0", "Keep-Alive, x", true),
            ("HTTP/1.0", "keep-alive, close", false), ("HTTP/1.0", "keep-alive-x", false),
        ]
        for row in rows {
            let fields = "Host: a\r\n" + (row.connection.map { "Connection: \($0)\r\n" } ?? "")
            guard case .request(let head, _) = parse("GET / \(row.version)\r\n\(fields)\r\n").first else {
                Issue.record("\(row) was not parsed")
                continue
            }
            #expect(head.keepsAlive == row.lives, "\(row)")
        }
    }

    @Test func `The absolute form's authority replaces Host (RFC 9112 §3.2.2)`() throws {
        guard case .request(let head, _) = parse("GET http://b:81?x=1 HTTP/1.1\r\nHost: a\r\n\r\n").first else {
            Issue.record("not parsed")
            return
        }
        #expect(head.authority == "b:81")
        #expect(head.target.rawPath == "/")
        #expect(head.target.rawQuery == "x=1")
    }

    @Test func `The number of chunks is capped`() {
        var limits = HTTPLimits()
        limits.chunkCount = 3
        let chunk = "1\r\na\r\n"
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(parse(head + String(repeating: chunk, count: 3) + "0\r\n\r\n", limits: limits).last?.status == nil)
        #expect(parse(head + String(repeating: chunk, count: 4) + "0\r\n\r\n", limits: limits).last?.status == 413)
    }
}
