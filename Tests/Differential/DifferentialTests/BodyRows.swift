extension ComparedRow {
    static let framings: [ComparedRow] = [
        .init("RFC 9112 §6.3: a body with GET", get("Content-Length: 3\r\n") + "abc", .same),
        .init("RFC 9112 §6.3: no length, then a request", post("") + get(), .same),
        .init("RFC 9112 §6.3: length 0, then a request", post("Content-Length: 0\r\n") + get(), .same),
        .init("RFC 9112 §6.3: on HTTP/1.0", post("Content-Length: 3\r\n", "abc", version: "HTTP/1.0"), .same),
        .init("RFC 9112 §6.2: many zeros", post("Content-Length: 00000000000000000000000003\r\n", "abc"), .same),
        .init("RFC 9112 §6.2: a space after", post("Content-Length: 3 \r\n", "abc"), .known(.trailingSpace)),
        .init("RFC 9112 §6.2: a tab after", post("Content-Length: 3\t\r\n", "abc"), .known(.trailingSpace)),
        .init("RFC 9112 §6.2: a vertical tab after", post("Content-Length: 3\u{B}\r\n", "abc"), .bothRefuse),
        .init("RFC 9112 §6.2: two numbers", post("Content-Length: 3 4\r\n", "abcd"), .bothRefuse),
        .init("RFC 9112 §6.2: 2^63", post("Content-Length: 9223372036854775808\r\n"), .stricter),
        .init("RFC 9112 §6.2: 2^64", post("Content-Length: 18446744073709551616\r\n"), .bothRefuse),
        .init("RFC 9110 §15.5.14: over the cap", post("Content-Length: 1048577\r\n"), .stricter),
        .init(
            "RFC 9110 §8.6: equal lines", post("Content-Length: 3\r\nA: b\r\ncontent-length: 3\r\n", "abc"),
            .known(.equalLengths)),
        .init(
            "RFC 9110 §8.6: equal in number", post("Content-Length: 3\r\nContent-Length: 03\r\n", "abc"), .bothRefuse),
        .init("RFC 9112 §6.1: any case", post("transfer-ENCODING: cHUNKED\r\n", "1\r\na\r\n0\r\n\r\n"), .same),
        .init(
            "RFC 9112 §6.1: a space after", post("Transfer-Encoding: chunked \r\n", "0\r\n\r\n"), .known(.trailingSpace)
        ),
        .init(
            "RFC 9112 §6.1: a tab after", post("Transfer-Encoding: chunked\t\r\n", "0\r\n\r\n"), .known(.trailingSpace)),
        .init("RFC 9112 §6.1: another before", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), .stricter),
        .init("RFC 9112 §6.1: another after", post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"), .bothRefuse),
        .init(
            "RFC 9112 §6.1: on HTTP/1.0", post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n", version: "HTTP/1.0"),
            .stricter),
        .init("RFC 9112 §8: half a body", post("Content-Length: 3\r\n", "ab"), .same),
        .init("RFC 9112 §8: half a chunk", chunked("3\r\nab"), .same),
        .init("RFC 9112 §8: chunks without the last", chunked("3\r\nabc\r\n"), .same),
        .init("RFC 9112 §8: the last chunk without its end", chunked("0\r\n\r"), .same),
        .init("RFC 9112 §8: half a chunk's size", chunked("3"), .same),
        .init("RFC 9112 §8: half a chunk's size that is none", chunked("3x"), .bothRefuse),
    ]

    static let chunks: [ComparedRow] = [
        .init("RFC 9112 §7.1: hex in any case", chunked("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"), .same),
        .init("RFC 9112 §7.1: zeros", chunked("0000000000000003\r\nabc\r\n0000\r\n\r\n"), .same),
        .init("RFC 9112 §7.1: more zeros", chunked("00000000000000003\r\nabc\r\n0\r\n\r\n"), .stricter),
        .init("RFC 9112 §7.1: 2^64", chunked("10000000000000000\r\n"), .bothRefuse),
        .init("RFC 9112 §7.1: CR LF as data", chunked("4\r\n\r\n\r\n\r\n0\r\n\r\n"), .same),
        .init("RFC 9112 §7.1: a chunk's end as data", chunked("5\r\n0\r\n\r\n\r\n0\r\n\r\n"), .same),
        .init("RFC 9112 §7.1: CR for the data's end", chunked("3\r\nabc\r0\r\n\r\n"), .bothRefuse),
        .init("RFC 9112 §7.1: no end of the data", chunked("3\r\nabc0\r\n\r\n"), .bothRefuse),
        .init("RFC 9112 §7.1: LF for the size's end", chunked("3\nabc\r\n0\r\n\r\n"), .bothRefuse),
        .init("RFC 9112 §7.1.1: extensions", chunked("3;a;b=c;d=\"e;f\\\"\\\\ é\"\r\nabc\r\n0;g\r\n\r\n"), .same),
        .init("RFC 9112 §7.1.1: white space between", chunked("3; a = b\r\nabc\r\n0\r\n\r\n"), .known(.extensions)),
        .init("RFC 9112 §7.1.1: white space before", chunked("3 ;a\r\nabc\r\n0\r\n\r\n"), .bothRefuse),
        .init("RFC 9112 §7.1.1: none after the sign", chunked("3;\r\nabc\r\n0\r\n\r\n"), .known(.extensions)),
        .init("RFC 9112 §7.1.1: a quote that stays open", chunked("3;a=\"b\r\nabc\r\n0\r\n\r\n"), .known(.extensions)),
        .init("RFC 9112 §7.1.1: LF in quotes", chunked("3;a=\"b\nc\"\r\nabc\r\n0\r\n\r\n"), .bothRefuse),
        .init("RFC 9112 §7.1.1: CR in quotes", chunked("3;a=\"b\rc\"\r\nabc\r\n0\r\n\r\n"), .bothRefuse),
        .init(
            "RFC 9112 §7.1.1: over 256 bytes",
            chunked("3;\(String(repeating: "a", count: 256))\r\nabc\r\n0\r\n\r\n"), .stricter),
        .init("RFC 9112 §7.1.2: trailers", chunked("0\r\nA: b\r\nc:\r\n\r\n") + get(), .same),
        .init("RFC 9112 §7.1.2: a trailing Host", chunked("0\r\nHost: b\r\n\r\n") + get(), .same),
        .init("RFC 9110 §6.5.1: a trailing length", chunked("0\r\nContent-Length: 9\r\n\r\n"), .known(.trailers)),
        .init("RFC 9110 §6.5.1: a trailing coding", chunked("0\r\nTransfer-Encoding: gzip\r\n\r\n"), .known(.trailers)),
        .init(
            "RFC 9110 §6.5.1: a trailing close", chunked("0\r\nConnection: close\r\n\r\n") + get(), .known(.trailers)),
        .init("RFC 9112 §7.1.2: a folded trailer", chunked("0\r\nA: b\r\n c\r\n\r\n"), .bothRefuse),
        .init("RFC 9112 §7.1.2: LF after a trailer", chunked("0\r\nA: b\n\r\n"), .bothRefuse),
    ]

    static let pipelines: [ComparedRow] = [
        .init(
            "RFC 9112 §9.3.2: in order",
            chunked("1\r\na\r\n0\r\nA: b\r\n\r\n") + get() + post("Content-Length: 1\r\n", "b") + get(), .same),
        .init(
            "RFC 9112 §9.3.2: a request as a body", post("Content-Length: \(get().utf8.count)\r\n", get()) + get(),
            .same),
        .init("RFC 9112 §9.3.2: nonsense after a request", get() + "\u{1}", .bothRefuse),
        .init("RFC 9112 §9.6: nothing after close", get("Connection: x, Close\r\n") + get(), .same),
        .init("RFC 9112 §9.6: nonsense after close", get("Connection: close\r\n") + "\u{1}", .same),
        .init("RFC 9112 §9.3: nothing after HTTP/1.0", get(version: "HTTP/1.0") + get(), .same),
        .init(
            "RFC 9112 §9.3: keep-alive on 1.0", get("Connection: a ,keep-alive\r\n", version: "HTTP/1.0") + get(), .same
        ),
        .init("RFC 9112 §9.3: not quite an option", get("Connection: closed, close;q=1, \"close\"\r\n") + get(), .same),
        .init("RFC 9112 §9.3: two lines", get("Connection: a\r\nConnection: close\r\n") + get(), .same),
        .init("RFC 9112 §9.3: tabs", get("Connection: a\t,\tclose\t, b\r\n") + get(), .known(.tabsAround)),
        .init(
            "RFC 9112 §9.3: both options on 1.0", get("Connection: keep-alive, close\r\n", version: "HTTP/1.0"),
            .known(.closeWins)),
        .init("RFC 9112 §9.3: both options on 1.1", get("Connection: keep-alive, close\r\n"), .same),
        .init(
            "RFC 9112 §C.2.2: Proxy-Connection", get("Proxy-Connection: close\r\n") + get(), .known(.proxyConnection)),
        .init(
            "RFC 9110 §7.8: Upgrade", get("Connection: upgrade\r\nUpgrade: h2c\r\n") + get(), .known(.upgrade)),
        .init("RFC 9110 §7.8: Upgrade that is not listed", get("Upgrade: h2c\r\n") + get(), .same),
    ]

    static let all = requestLines + fields + framings + chunks + pipelines
}
