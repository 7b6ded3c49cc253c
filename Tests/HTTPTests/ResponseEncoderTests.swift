import HTTPTypes
import Testing

@testable import HTTP

@Suite("Response encoder")
struct ResponseEncoderTests {
    private func encode(
        _ response: Response, toHead: Bool = false, persistence: ResponseEncoder.Persistence = .implied
    ) -> String {
        let encoded = ResponseEncoder.encode(
            response, toHead: toHead, persistence: persistence, date: Array("D".utf8))
        return String(decoding: encoded.head + encoded.body, as: UTF8.self)
    }

    @Test func `A body has its length`() {
        #expect(
            encode(.text("hi"))
                == "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhi"
        )
    }

    @Test func `HEAD has the fields of GET and no body (RFC 9110 §9.3.2)`() {
        let text = encode(.text("hi"), toHead: true)
        #expect(text.contains("Content-Length: 2\r\n") && text.hasSuffix("\r\n\r\n"))
    }

    @Test(arguments: [HTTPResponse.Status.noContent, .notModified])
    func `Some statuses have no body and no length (RFC 9110 §6.4.1)`(status: HTTPResponse.Status) {
        let text = encode(Response(status: status, body: Array("x".utf8)))
        #expect(!text.contains("Content-Length") && text.hasSuffix("\r\n\r\n"))
    }

    @Test func `The connection's fate is told (RFC 9112 §9.3)`() {
        #expect(encode(.empty(), persistence: .close).contains("Connection: close\r\n"))
        #expect(encode(.empty(), persistence: .keepAlive).contains("Connection: keep-alive\r\n"))
        #expect(!encode(.empty()).contains("Connection"))
    }

    @Test func `A handler can neither split the response nor reframe it`() {
        var response = Response.text("hi")
        response.fields[.contentLength] = "99"
        response.fields[.transferEncoding] = "chunked"
        response.fields[.location] = "/a\r\nX-Evil: 1\r\n\r\n<html>"
        let text = encode(response)
        #expect(!text.contains("99") && !text.contains("chunked") && !text.contains("\nX-Evil"))
    }

    @Test func `Errors are JSON whatever the message holds`() {
        let response = Response.error(
            status: .badRequest, code: "c", message: "a \"b\"\\\n\u{1}é", parameter: "p[3]", requestID: "r",
            retryAfter: 2)
        #expect(
            String(decoding: response.body, as: UTF8.self)
                == #"{"error":{"code":"c","message":"a \"b\"\\\n\u0001é","parameter":"p[3]","request_id":"r"}}"# + "\n")
        #expect(response.fields[.retryAfter] == "2")
    }

    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
    ])
    func `Dates are IMF-fixdates (RFC 9110 §5.6.7)`(seconds: Int, expected: String) {
        #expect(String(decoding: HTTPDate.format(seconds), as: UTF8.self) == expected)
    }

    @Test(arguments: [(true, "Transfer-Encoding: chunked\r\n"), (false, "Connection: close\r\n")])
    func `A stream's head has no length, and says how it will end`(takesChunks: Bool, expected: String) {
        var response = Response(contentType: "text/plain", stream: ResponseStream(for: Request()))
        response.body = [1]
        let encoded = ResponseEncoder.encode(
            response, toHead: false, persistence: takesChunks ? .implied : .keepAlive, takesChunks: takesChunks,
            date: [])
        let head = String(decoding: encoded.head, as: UTF8.self)
        #expect(head.contains(expected) && !head.contains("Content-Length") && !head.contains("keep-alive"))
        #expect(encoded.body.isEmpty && head.contains("chunked") == takesChunks)
    }

    @Test func `Pieces are chunks, and an empty one ends nothing (RFC 9112 §7.1)`() {
        func text(_ piece: String, isChunked: Bool = true, isLast: Bool) -> String {
            let encoded = ResponseEncoder.encode(piece: Array(piece.utf8), isChunked: isChunked, isLast: isLast)
            return String(decoding: encoded.head + encoded.body, as: UTF8.self)
        }
        #expect(text("0123456789abcdefg", isLast: false) == "11\r\n0123456789abcdefg\r\n")
        #expect(text("a", isLast: true) == "1\r\na\r\n0\r\n\r\n" && text("", isLast: true) == "0\r\n\r\n")
        #expect(text("", isLast: false) == "" && text("a", isChunked: false, isLast: true) == "a")
    }
}
