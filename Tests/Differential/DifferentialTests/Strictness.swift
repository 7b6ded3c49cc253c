import HTTP

/// A rule by which we refuse what SwiftNIO lets pass, and leaves to the program above it.
struct Strictness: Sendable {
    let fault: HTTPFault
    let section: String
    let reason: String

    /// By any other rule we must not refuse alone: that would be a request which somebody may send.
    static func allows(_ fault: HTTPFault) -> Bool { all.contains { $0.fault == fault } }

    static let all = [
        Strictness(
            fault: .malformed(.bareLineEnding), section: "RFC 9112 §2.2",
            reason: "A bare LF may be taken for a line's end or not; where two readers differ, requests are smuggled."),
        Strictness(
            fault: .malformed(.emptyLines), section: "RFC 9112 §2.2",
            reason: "At least one is ignored, and one is what clients send."),
        Strictness(
            fault: .malformed(.requestLine), section: "RFC 9112 §2.2",
            reason: "A bare CR is no line's end; SwiftNIO skips any number of them before a request."),
        Strictness(
            fault: .malformed(.target), section: "RFC 9112 §3.2",
            reason: "A fragment, userinfo, a byte that no URI has, a form that no server of ours has."),
        Strictness(
            fault: .malformed(.host), section: "RFC 9112 §3.2",
            reason: "A server must answer 400 where there is no Host, more than one, or one that is no host."),
        Strictness(
            fault: .malformed(.contentLength), section: "RFC 9112 §6.3",
            reason: "A length that no memory holds; SwiftNIO counts to 2^64."),
        Strictness(
            fault: .malformed(.transferEncoding), section: "RFC 9112 §6.1",
            reason: "On HTTP/1.0 the framing counts as faulty; `chunked` is applied once."),
        Strictness(
            fault: .transferCodingNotImplemented, section: "RFC 9112 §6.1",
            reason: "SwiftNIO frames by a final `chunked` and leaves the other codings to the program."),
        Strictness(
            fault: .malformed(.chunkSize), section: "RFC 9112 §7.1",
            reason: "More than 16 digits; SwiftNIO takes any number of zeros."),
        Strictness(
            fault: .malformed(.chunkExtension), section: "RFC 9112 §7.1.1",
            reason: "A server should bound the length of extensions."),
        Strictness(
            fault: .methodNotImplemented, section: "RFC 9110 §9.1", reason: "SwiftNIO knows the methods of WebDAV."),
        Strictness(
            fault: .expectationFailed, section: "RFC 9110 §10.1.1", reason: "SwiftNIO leaves it to the program."),
        Strictness(
            fault: .targetTooLong(limit: HTTPLimits().requestLineBytes), section: "RFC 9110 §15.5.15", reason: "A cap."),
        Strictness(fault: .fieldsTooLarge, section: "RFC 6585 §5", reason: "A cap."),
        Strictness(fault: .bodyTooLarge(limit: bodyLimit), section: "RFC 9110 §15.5.14", reason: "A cap."),
    ]
}
