private let host = "Host: a\r\n"

private func get(_ fields: String, version: String = "HTTP/1.1") -> String {
    "GET / \(version)\r\n\(fields)\r\n"
}

private func post(_ fields: String, _ body: String = "") -> String {
    "POST / HTTP/1.1\r\n\(host)\(fields)\r\n\(body)"
}

private func chunked(_ body: String) -> String {
    post("Transfer-Encoding: chunked\r\n", body)
}

let requestLineCases: [ParserCase] = [
    .init("RFC 9112 §3: a plain request", get(host), .bodies([""])),
    .init("RFC 9112 §2.2: one empty line before it", "\r\n" + get(host), .bodies([""])),
    .init("RFC 9112 §2.2: two empty lines before it", "\r\n\r\n" + get(host), .status(400)),
    .init("RFC 9112 §2.2: bare LF after the request line", "GET / HTTP/1.1\n\(host)\r\n", .status(400)),
    .init("RFC 9112 §2.2: bare LF after a field", "GET / HTTP/1.1\r\nHost: a\n\r\n", .status(400)),
    .init("RFC 9112 §2.2: bare LF ends the head", "GET / HTTP/1.1\r\nHost: a\r\n\n", .status(400)),
    .init("RFC 9112 §2.2: bare CR in the request line", "GET /\r HTTP/1.1\r\n\(host)\r\n", .status(400)),
    .init("RFC 9112 §2.2: bare CR in a field", "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", .status(400)),
    .init("RFC 9112 §2.2: white space before the first field", "GET / HTTP/1.1\r\n \(host)\r\n", .status(400)),
    .init("RFC 9112 §2.3: HTTP/2.0", "GET / HTTP/2.0\r\n\(host)\r\n", .status(505)),
    .init("RFC 9112 §2.3: HTTP/1.2", "GET / HTTP/1.2\r\n\(host)\r\n", .status(505)),
    .init("RFC 9112 §2.3: lower-case name", "GET / http/1.1\r\n\(host)\r\n", .status(505)),
    .init("RFC 9112 §2.3: HTTP/1.10", "GET / HTTP/1.10\r\n\(host)\r\n", .status(505)),
    .init("RFC 9113 §3.4: the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .status(505)),
    .init("RFC 9112 §3: HTTP/0.9", "GET /\r\n", .status(400)),
    .init("RFC 9112 §3: two spaces", "GET  / HTTP/1.1\r\n\(host)\r\n", .status(400)),
    .init("RFC 9112 §3: space after the version", "GET / HTTP/1.1 \r\n\(host)\r\n", .status(400)),
    .init("RFC 9112 §3: tab instead of space", "GET\t/ HTTP/1.1\r\n\(host)\r\n", .status(400)),
    .init("RFC 9112 §3: space in the target", "GET /a b HTTP/1.1\r\n\(host)\r\n", .status(400)),
    .init("RFC 9112 §3.1: unknown method", "BREW / HTTP/1.1\r\n\(host)\r\n", .status(501)),
    .init("RFC 9110 §9.1: methods are case-sensitive", "get / HTTP/1.1\r\n\(host)\r\n", .status(501)),
    .init("RFC 9110 §9.1: a mixed-case method", "Get / HTTP/1.1\r\n\(host)\r\n", .status(501)),
    .init("RFC 9110 §9.3.6: CONNECT", "CONNECT a:1 HTTP/1.1\r\n\(host)\r\n", .status(501)),
    .init("RFC 9110 §9.3.8: TRACE", "TRACE / HTTP/1.1\r\n\(host)\r\n", .bodies([""])),
    .init("RFC 9112 §3.1: a method that is no token", "G(T / HTTP/1.1\r\n\(host)\r\n", .status(400)),
    .init("RFC 9112 §3.2.1: a relative target", "GET a HTTP/1.1\r\n\(host)\r\n", .status(400)),
    .init("RFC 9112 §3.2: a fragment", "GET /#a HTTP/1.1\r\n\(host)\r\n", .status(400)),
    .init("RFC 9112 §3.2: a byte over 127", "GET /é HTTP/1.1\r\n\(host)\r\n", .status(400)),
    .init("RFC 9112 §3.2: NUL", "GET /\0 HTTP/1.1\r\n\(host)\r\n", .status(400)),
    .init("RFC 9112 §3.2.2: absolute form", "GET http://b:80/x?y HTTP/1.1\r\n\(host)\r\n", .bodies([""])),
    .init("RFC 9112 §3.2.2: absolute form with userinfo", "GET http://u@b/ HTTP/1.1\r\n\(host)\r\n", .status(400)),
    .init("RFC 9112 §3.2.2: another scheme", "GET ftp://b/ HTTP/1.1\r\n\(host)\r\n", .status(400)),
    .init("RFC 9112 §3.2.4: * for OPTIONS", "OPTIONS * HTTP/1.1\r\n\(host)\r\n", .bodies([""])),
    .init("RFC 9112 §3.2.4: * for GET", "GET * HTTP/1.1\r\n\(host)\r\n", .status(400)),
    .init(
        "RFC 9112 §3: the line over its cap", "GET /\(String(repeating: "a", count: 8200)) HTTP/1.1\r\n", .status(414)),
    .init("RFC 9112 §3: over the cap, without an end", String(repeating: "a", count: 9000), .status(414)),
]

let fieldCases: [ParserCase] = [
    .init("RFC 9112 §3.2: no Host on 1.1", get(""), .status(400)),
    .init("RFC 9112 §3.2: no Host on 1.0", get("", version: "HTTP/1.0"), .bodies([""])),
    .init("RFC 9112 §3.2: two Hosts", get("Host: a\r\nHost: a\r\n"), .status(400)),
    .init("RFC 9112 §3.2: two Hosts on 1.0", get("Host: a\r\nHost: b\r\n", version: "HTTP/1.0"), .status(400)),
    .init("RFC 9112 §3.2: two Hosts in one", get("Host: a, b\r\n"), .status(400)),
    .init("RFC 9112 §3.2: Host with a path", get("Host: a/b\r\n"), .status(400)),
    .init("RFC 9112 §3.2: Host with userinfo", get("Host: u@a\r\n"), .status(400)),
    .init("RFC 9112 §3.2: an empty Host", get("Host:\r\n"), .status(400)),
    .init("RFC 9110 §7.2: Host with a port", get("Host: a:8080\r\n"), .bodies([""])),
    .init("RFC 9110 §7.2: Host with port 65536", get("Host: a:65536\r\n"), .status(400)),
    .init("RFC 9110 §7.2: an IPv6 Host", get("Host: [::1]:80\r\n"), .bodies([""])),
    .init("RFC 9110 §7.2: an open bracket", get("Host: [::1\r\n"), .status(400)),
    .init("RFC 9112 §5.1: space before the colon", get("Host : a\r\n"), .status(400)),
    .init("RFC 9112 §5.1: no colon", get(host + "abc\r\n"), .status(400)),
    .init("RFC 9112 §5.1: an empty name", get(host + ": b\r\n"), .status(400)),
    .init("RFC 9112 §5.1: a name that is no token", get(host + "a@b: c\r\n"), .status(400)),
    .init("RFC 9112 §5.2: obs-fold with space", get(host + "X: a\r\n b\r\n"), .status(400)),
    .init("RFC 9112 §5.2: obs-fold with tab", get(host + "X: a\r\n\tb\r\n"), .status(400)),
    .init("RFC 9110 §5.5: NUL in a value", get(host + "X: a\0b\r\n"), .status(400)),
    .init("RFC 9110 §5.5: DEL in a value", get(host + "X: a\u{7F}b\r\n"), .status(400)),
    .init("RFC 9110 §5.5: tab and UTF-8 in a value", get(host + "X: a\té\r\n"), .bodies([""])),
    .init("RFC 9110 §5.5: an empty value", get(host + "X:\r\n"), .bodies([""])),
    .init(
        "RFC 9110 §5.4: a field over its cap", get(host + "X: \(String(repeating: "a", count: 8200))\r\n"), .status(431)
    ),
    .init(
        "RFC 9110 §5.4: all fields over their cap",
        get(host + (0..<5).map { "X\($0): \(String(repeating: "a", count: 8000))\r\n" }.joined()), .status(431)),
    .init("RFC 9110 §5.4: 100 fields", get(host + String(repeating: "X: a\r\n", count: 99)), .bodies([""])),
    .init("RFC 9110 §5.4: 101 fields", get(host + String(repeating: "X: a\r\n", count: 100)), .status(431)),
    .init(
        "RFC 9110 §10.1.1: the same expectation twice",
        post("Expect: 100-continue\r\nExpect: , 100-Continue\r\nContent-Length: 1\r\n", "a"), .bodies(["a"])),
    .init("RFC 9110 §5.6.1: no expectation", post("Expect: ,\r\nContent-Length: 1\r\n", "a"), .bodies(["a"])),
    .init(
        "RFC 9110 §10.1.1: one more expectation", post("Expect: 100-continue, tea\r\nContent-Length: 1\r\n", "a"),
        .status(417)),
    .init("RFC 9110 §10.1.1: another expectation", post("Expect: tea\r\nContent-Length: 1\r\n", "a"), .status(417)),
]

let framingCases: [ParserCase] = [
    .init("RFC 9112 §6.3: no length is no body", post(""), .bodies([""])),
    .init("RFC 9112 §6.2: a length", post("Content-Length: 3\r\n", "abc"), .bodies(["abc"])),
    .init("RFC 9112 §6.2: a length with white space around", post("Content-Length:  3\t\r\n", "abc"), .bodies(["abc"])),
    .init("RFC 9112 §6.2: leading zeros", post("Content-Length: 003\r\n", "abc"), .bodies(["abc"])),
    .init(
        "RFC 9112 §6.2: equal duplicates", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), .bodies(["abc"])),
    .init(
        "RFC 9112 §6.3: differing duplicates", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"), .status(400)),
    .init("RFC 9112 §6.3: a list", post("Content-Length: 3, 3\r\n", "abc"), .status(400)),
    .init("RFC 9112 §6.2: a sign", post("Content-Length: +3\r\n", "abc"), .status(400)),
    .init("RFC 9112 §6.2: negative", post("Content-Length: -3\r\n", "abc"), .status(400)),
    .init("RFC 9112 §6.2: hexadecimal", post("Content-Length: 0x3\r\n", "abc"), .status(400)),
    .init("RFC 9112 §6.2: underscores", post("Content-Length: 1_0\r\n", "abc"), .status(400)),
    .init("RFC 9112 §6.2: empty", post("Content-Length:\r\n", "abc"), .status(400)),
    .init("RFC 9112 §6.2: other digits", post("Content-Length: ٣\r\n", "abc"), .status(400)),
    .init("RFC 9112 §6.2: over 64 bits", post("Content-Length: 18446744073709551617\r\n", "abc"), .status(400)),
    .init("RFC 9110 §15.5.14: over the cap", post("Content-Length: 1048577\r\n", "abc"), .status(413)),
    .init("RFC 9112 §6.2: shorter than declared", post("Content-Length: 4\r\n", "abc"), .incomplete),
    .init("RFC 9112 §6.1: chunked", chunked("3\r\nabc\r\n0\r\n\r\n"), .bodies(["abc"])),
    .init("RFC 9112 §6.1: any case", post("Transfer-Encoding: Chunked\r\n", "0\r\n\r\n"), .bodies([""])),
    .init(
        "RFC 9112 §6.1: with Content-Length", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"),
        .status(400)),
    .init(
        "RFC 9112 §6.1: with Content-Length first",
        post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), .status(400)),
    .init(
        "RFC 9112 §6.1: on HTTP/1.0", "POST / HTTP/1.0\r\n\(host)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        .status(400)),
    .init("RFC 9112 §6.1: gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n"), .status(501)),
    .init("RFC 9112 §6.1: identity", post("Transfer-Encoding: identity\r\n"), .status(501)),
    .init("RFC 9112 §6.1: xchunked", post("Transfer-Encoding: xchunked\r\n"), .status(501)),
    .init(
        "RFC 9112 §6.1: white space inside the word", post("Transfer-Encoding: chun ked\r\n", "0\r\n\r\n"), .status(501)
    ),
    .init(
        "RFC 9112 §6.1: a Kelvin sign for the k", post("Transfer-Encoding: chun\u{212A}ed\r\n", "0\r\n\r\n"),
        .status(501)),
    .init("RFC 9112 §6.1: tabs around", post("Transfer-Encoding:\tchunked\t \r\n", "0\r\n\r\n"), .bodies([""])),
    .init("RFC 9112 §6.1: an empty element", post("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n"), .status(400)),
    .init("RFC 9112 §6.1: a parameter", post("Transfer-Encoding: chunked;q=1\r\n"), .status(501)),
    .init("RFC 9112 §6.1: in quotes", post("Transfer-Encoding: \"chunked\"\r\n"), .status(501)),
    .init("RFC 9112 §6.1: chunked twice", post("Transfer-Encoding: chunked, chunked\r\n"), .status(400)),
    .init(
        "RFC 9112 §6.1: chunked on two lines",
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), .status(400)),
    .init(
        "RFC 9112 §6.1: chunked, then another line", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n"),
        .status(400)),
    .init("RFC 9112 §6.1: empty", post("Transfer-Encoding:\r\n", "0\r\n\r\n"), .status(400)),
    .init("RFC 9112 §6.1: space before the colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), .status(400)),
    .init("RFC 9112 §6.1: vertical tab", post("Transfer-Encoding: \u{0B}chunked\r\n", "0\r\n\r\n"), .status(400)),
]

let chunkCases: [ParserCase] = [
    .init("RFC 9112 §7.1: two chunks", chunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), .bodies(["abcde"])),
    .init(
        "RFC 9112 §7.1: hex of both cases", chunked("0a\r\n0123456789\r\n0B\r\n0123456789a\r\n00\r\n\r\n"),
        .bodies(["01234567890123456789a"])),
    .init("RFC 9112 §7.1: 16 digits", chunked("0000000000000001\r\na\r\n0\r\n\r\n"), .bodies(["a"])),
    .init("RFC 9112 §7.1: 17 digits", chunked("00000000000000001\r\na\r\n0\r\n\r\n"), .status(400)),
    .init("RFC 9112 §7.1: the largest size", chunked("ffffffffffffffff\r\n"), .status(413)),
    .init("RFC 9112 §7.1: over the cap", chunked("100001\r\n"), .status(413)),
    .init("RFC 9112 §7.1: no digits", chunked("\r\nabc\r\n0\r\n\r\n"), .status(400)),
    .init("RFC 9112 §7.1: 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n"), .status(400)),
    .init("RFC 9112 §7.1: plus sign", chunked("+3\r\nabc\r\n0\r\n\r\n"), .status(400)),
    .init("RFC 9112 §7.1: minus sign", chunked("-3\r\nabc\r\n0\r\n\r\n"), .status(400)),
    .init("RFC 9112 §7.1: space before", chunked(" 3\r\nabc\r\n0\r\n\r\n"), .status(400)),
    .init("RFC 9112 §7.1: space after", chunked("3 \r\nabc\r\n0\r\n\r\n"), .status(400)),
    .init("RFC 9112 §7.1: bare LF after the size", chunked("3\nabc\r\n0\r\n\r\n"), .status(400)),
    .init("RFC 9112 §7.1: bare CR after the size", chunked("3\rabc\r\n0\r\n\r\n"), .status(400)),
    .init("RFC 9112 §7.1: longer than its size", chunked("3\r\nabcd\r\n0\r\n\r\n"), .status(400)),
    .init("RFC 9112 §7.1: bare LF after the data", chunked("3\r\nabc\n0\r\n\r\n"), .status(400)),
    .init("RFC 9112 §7.1: bare LF at the end", chunked("3\r\nabc\r\n0\n\n"), .status(400)),
    .init("RFC 9112 §7.1: no last chunk", chunked("3\r\nabc\r\n"), .incomplete),
    .init("RFC 9112 §7.1.1: an extension", chunked("3;a=b\r\nabc\r\n0;c\r\n\r\n"), .bodies(["abc"])),
    .init("RFC 9112 §7.1.1: an extension with LF", chunked("3;a\nb\r\nabc\r\n0\r\n\r\n"), .status(400)),
    .init("RFC 9112 §7.1.1: an extension with CR", chunked("3;a\rb\r\nabc\r\n0\r\n\r\n"), .status(400)),
    .init(
        "RFC 9112 §7.1.1: an extension over its cap",
        chunked("3;\(String(repeating: "a", count: 300))\r\nabc\r\n0\r\n\r\n"), .status(400)),
    .init("RFC 9112 §7.1.2: trailers are dropped", chunked("1\r\na\r\n0\r\nX: y\r\nHost: b\r\n\r\n"), .bodies(["a"])),
    .init("RFC 9112 §7.1.2: a bad trailer", chunked("0\r\nX : y\r\n\r\n"), .status(400)),
    .init(
        "RFC 9112 §7.1.2: too many trailers",
        chunked("0\r\n\(String(repeating: "X: a\r\n", count: 101))\r\n"), .status(431)),
]

let pipelineCases: [ParserCase] = [
    .init(
        "RFC 9112 §9.3.2: in order", post("Content-Length: 1\r\n", "a") + chunked("1\r\nb\r\n0\r\n\r\n") + get(host),
        .bodies(["a", "b", ""])),
    .init(
        "RFC 9112 §9.3.2: a body is not the next request",
        post("Content-Length: \(get(host).utf8.count)\r\n", get(host)),
        .bodies([get(host)])),
    .init(
        "RFC 9112 §9.3.2: nothing after a fault is read",
        post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n") + get(host), .status(400)),
    .init("RFC 9112 §2.2: one empty line between", get(host) + "\r\n" + get(host), .bodies(["", ""])),
    .init("RFC 9112 §2.2: one empty line after the last", get(host) + "\r\n", .bodies([""])),
    .init("RFC 9112 §2.2: two empty lines after the last", get(host) + "\r\n\r\n", .status(400)),
]

/// A row a rule. `Tests/Differential` shows the same rows to another parser.
let allParserCases = requestLineCases + fieldCases + framingCases + chunkCases + pipelineCases
