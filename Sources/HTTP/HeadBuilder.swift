import HTTPTypes

/// Collects a request's lines, each checked as it comes, and decides the framing when the last one is in.
struct HeadBuilder: Sendable {
    private var method = HTTPRequest.Method.get
    private var target: RequestTarget?
    private var version = RequestHead.Version.http11
    private var fields = HTTPFields()
    private var host: String?
    private var contentLength: String?
    private var transferEncoding: String?
    private var expectation: String?
    private var closeToken = false
    private var keepAliveToken = false

    /// What a method may be called; anything else is not implemented. CONNECT is left out on purpose: there is no tunnel. TRACE
    /// and QUERY are known and have no routes; an echo only helps attackers.
    private static let methods: [(name: StaticString, method: HTTPRequest.Method)] =
        [
            ("get", .get), ("post", .post), ("head", .head), ("put", .put), ("delete", .delete), ("patch", .patch),
            ("options", .options), ("trace", .trace),
        ] + (HTTPRequest.Method(rawValue: "QUERY").map { [("query" as StaticString, $0)] } ?? [])

    /// `method SP target SP version` (RFC 9112 §3).
    mutating func requestLine(_ line: Span<UInt8>) throws(HTTPFault) {
        var first = 0
        while first < line.count, line[first] != ByteRules.space { first += 1 }
        var second = first + 1
        while second < line.count, line[second] != ByteRules.space { second += 1 }
        guard first > 0, second > first + 1, second + 1 < line.count else { throw .malformed(.requestLine) }
        for index in 0..<line.count where line[index] < 0x20 || line[index] == 0x7F { throw .malformed(.requestLine) }
        for index in (second + 1)..<line.count where line[index] == ByteRules.space { throw .malformed(.requestLine) }

        version = try Self.version(line.extracting((second + 1)..<line.count))
        method = try Self.method(line.extracting(0..<first))
        guard let target = RequestTarget(line.extracting((first + 1)..<second)) else { throw .malformed(.target) }
        guard target.rawPath != "*" || method == .options else { throw .malformed(.target) }
        self.target = target
    }

    private static func version(_ text: Span<UInt8>) throws(HTTPFault) -> RequestHead.Version {
        // Case-sensitive (RFC 9112 §2.3).
        guard text.count == 8, text[0] == 0x48, text[1] == 0x54, text[2] == 0x54, text[3] == 0x50, text[4] == 0x2F,
            text[5] == 0x31, text[6] == 0x2E
        else { throw .versionNotSupported }
        switch text[7] {
        case 0x31: return .http11
        case 0x30: return .http10
        default: throw .versionNotSupported
        }
    }

    private static func method(_ text: Span<UInt8>) throws(HTTPFault) -> HTTPRequest.Method {
        for index in 0..<text.count where !ByteRules.isToken(text[index]) { throw .malformed(.method) }
        // Methods are case-sensitive: `get` is unknown.
        for (name, method) in methods where ByteRules.matches(text, name) {
            guard text[0] < 0x61, ByteRules.string(text) == method.rawValue else { throw .methodNotImplemented }
            return method
        }
        throw .methodNotImplemented
    }

    /// `name ":" OWS value OWS` (RFC 9112 §5).
    mutating func fieldLine(_ line: Span<UInt8>) throws(HTTPFault) {
        let (nameEnd, valueRange) = try Self.split(line)
        let nameBytes = line.extracting(0..<nameEnd)
        let valueBytes = line.extracting(valueRange)
        guard let name = HTTPField.Name(ByteRules.string(nameBytes)) else { throw .malformed(.fieldName) }
        fields.append(valueBytes.withUnsafeBufferPointer { HTTPField(name: name, lenientValue: $0) })

        switch nameEnd {
        case 4 where ByteRules.matches(nameBytes, "host"):
            guard host == nil, ByteRules.isAuthority(valueBytes) else { throw .malformed(.host) }
            host = ByteRules.string(valueBytes)
        case 14 where ByteRules.matches(nameBytes, "content-length"):
            let text = ByteRules.string(valueBytes)
            if let contentLength, contentLength != text { throw .malformed(.contentLengthConflict) }
            contentLength = text
        case 17 where ByteRules.matches(nameBytes, "transfer-encoding"):
            // A second line is the same as a list: the list is then not exactly `chunked`.
            let text = ByteRules.string(valueBytes)
            transferEncoding = transferEncoding.map { $0 + "," + text } ?? text
        case 10 where ByteRules.matches(nameBytes, "connection"):
            readConnectionTokens(valueBytes)
        case 6 where ByteRules.matches(nameBytes, "expect"):
            let text = ByteRules.string(valueBytes)
            expectation = expectation.map { $0 + "," + text } ?? text
        default: break
        }
    }

    /// Checks one field line's grammar; also what trailers are held to.
    static func split(_ line: Span<UInt8>) throws(HTTPFault) -> (nameEnd: Int, value: Range<Int>) {
        if line.count > 0, line[0] == ByteRules.space || line[0] == ByteRules.tab { throw .malformed(.fieldFolding) }
        var colon = 0
        while colon < line.count, ByteRules.isToken(line[colon]) { colon += 1 }
        guard colon > 0, colon < line.count, line[colon] == ByteRules.colon else { throw .malformed(.fieldName) }
        for index in (colon + 1)..<line.count where !ByteRules.isFieldValue(line[index]) {
            throw .malformed(.fieldValue)
        }
        return (colon, ByteRules.trimmed(line, from: colon + 1, to: line.count))
    }

    private mutating func readConnectionTokens(_ value: Span<UInt8>) {
        var start = 0
        while start <= value.count {
            var end = start
            while end < value.count, value[end] != 0x2C { end += 1 }
            let token = value.extracting(ByteRules.trimmed(value, from: start, to: end))
            if ByteRules.matches(token, "close") { closeToken = true }
            if ByteRules.matches(token, "keep-alive") { keepAliveToken = true }
            start = end + 1
        }
    }

    /// The head, its framing decided (RFC 9112 §3.2, §6, §9.3).
    func finish() throws(HTTPFault) -> RequestHead {
        guard let target else { throw .malformed(.requestLine) }
        guard host != nil || version == .http10 else { throw .malformed(.host) }
        let framing = try decideFraming()
        // RFC 9110 §10.1.1; empty elements of a list count for nothing (§5.6.1).
        let expected = (expectation?.utf8.split(separator: 0x2C) ?? []).map(Self.coding).filter { !$0.isEmpty }
        guard version == .http10 || expected.allSatisfy({ $0 == Self.continueExpectation }) else {
            throw .expectationFailed
        }
        return RequestHead(
            method: method, target: target, version: version, authority: target.authority ?? host ?? "",
            fields: fields, framing: framing,
            keepsAlive: !closeToken && (version == .http11 || keepAliveToken),
            expectsContinue: version == .http11 && !expected.isEmpty && framing != .none && framing != .length(0))
    }

    private static let continueExpectation = Array("100-continue".utf8)
    private static let chunked = Array("chunked".utf8)

    /// One element of the list, in lower case and without the white space around it.
    private static func coding(_ element: Substring.UTF8View) -> [UInt8] {
        let bytes = Array(element)
        return bytes[ByteRules.trimmed(bytes.span, from: 0, to: bytes.count)].map(ByteRules.lowercased)
    }

    private func decideFraming() throws(HTTPFault) -> RequestHead.Framing {
        if let transferEncoding {
            guard version == .http11 else { throw .malformed(.transferEncoding) }
            guard contentLength == nil else { throw .malformed(.framingConflict) }
            // On bytes: Unicode's lower case makes a `k` of the Kelvin sign, and white space inside a word stays there.
            let codings = transferEncoding.utf8.split(separator: 0x2C, omittingEmptySubsequences: false).map(
                Self.coding)
            if codings == [Self.chunked] { return .chunked }
            // Chunked twice, or not last, or nothing at all, has no framing (RFC 9112 §6.1, §6.3).
            let unframed = codings.dropLast().contains(Self.chunked) || codings.contains([])
            throw unframed ? .malformed(.transferEncoding) : .transferCodingNotImplemented
        }
        guard let contentLength else { return .none }
        guard !contentLength.isEmpty, contentLength.utf8.allSatisfy(ByteRules.isDigit) else {
            throw .malformed(.contentLength)
        }
        guard let length = Int(contentLength) else { throw .malformed(.contentLength) }
        return .length(length)
    }
}
