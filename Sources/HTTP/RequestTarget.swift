/// What a request asks for: a path and a query, or `*`.
public struct RequestTarget: Sendable, Equatable {
    /// As it was sent.
    public let raw: String
    /// The path as it was sent, percent-encoded; `*` for the whole server.
    public let rawPath: String
    /// What follows the first `?`, as it was sent.
    public let rawQuery: String?
    /// The host of an absolute-form target.
    public let authority: String?

    /// Reads origin form, absolute form (http and https) and `*`; nil for anything else.
    init?(_ bytes: Span<UInt8>) {
        guard bytes.count > 0 else { return nil }
        for index in 0..<bytes.count where !ByteRules.isTarget(bytes[index]) { return nil }
        raw = ByteRules.string(bytes)
        if bytes.count == 1, bytes[0] == 0x2A {
            (rawPath, rawQuery, authority) = ("*", nil, nil)
            return
        }
        var start = 0
        if bytes[0] != 0x2F {
            guard let authorityStart = Self.endOfScheme(bytes) else { return nil }
            start = authorityStart
            while start < bytes.count, bytes[start] != 0x2F, bytes[start] != 0x3F { start += 1 }
            let host = bytes.extracting(authorityStart..<start)
            guard ByteRules.isAuthority(host) else { return nil }
            authority = ByteRules.string(host)
        } else {
            authority = nil
        }
        var end = start
        while end < bytes.count, bytes[end] != 0x3F { end += 1 }
        rawPath = end == start ? "/" : ByteRules.string(bytes.extracting(start..<end))
        rawQuery = end < bytes.count ? ByteRules.string(bytes.extracting((end + 1)..<bytes.count)) : nil
    }

    private static func endOfScheme(_ bytes: Span<UInt8>) -> Int? {
        if bytes.count > 7, ByteRules.matches(bytes.extracting(0..<7), "http://") { return 7 }
        if bytes.count > 8, ByteRules.matches(bytes.extracting(0..<8), "https://") { return 8 }
        return nil
    }

    /// The path's segments, decoded one by one: an encoded slash stays inside its segment. `/` has one empty segment.
    public func pathSegments() throws(HTTPFault) -> [String] {
        var segments: [String] = []
        for part in rawPath.utf8.dropFirst().split(separator: 0x2F, omittingEmptySubsequences: false) {
            segments.append(try Self.decode(part, plusIsSpace: false))
        }
        return segments
    }

    /// The query's pairs in their order; a name without `=` has an empty value.
    public func queryItems() throws(HTTPFault) -> [(name: String, value: String)] {
        guard let rawQuery, !rawQuery.isEmpty else { return [] }
        var items: [(name: String, value: String)] = []
        for part in rawQuery.utf8.split(separator: 0x26) {
            let equals = part.firstIndex(of: 0x3D) ?? part.endIndex
            let name = try Self.decode(part[..<equals], plusIsSpace: true)
            let value =
                equals == part.endIndex ? "" : try Self.decode(part[part.index(after: equals)...], plusIsSpace: true)
            items.append((name, value))
        }
        return items
    }

    /// Percent-decodes to UTF-8 text without NUL; anything else is malformed.
    private static func decode(_ part: Substring.UTF8View, plusIsSpace: Bool) throws(HTTPFault) -> String {
        if !part.contains(where: { $0 == ByteRules.percent || (plusIsSpace && $0 == 0x2B) }) {
            return String(Substring(part))
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(part.count)
        var iterator = part.makeIterator()
        while let byte = iterator.next() {
            if byte == ByteRules.percent {
                guard let high = iterator.next().flatMap(ByteRules.hexValue),
                    let low = iterator.next().flatMap(ByteRules.hexValue), high | low != 0
                else { throw .malformed(.percentEncoding) }
                bytes.append(high << 4 | low)
            } else {
                bytes.append(plusIsSpace && byte == 0x2B ? ByteRules.space : byte)
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed(.percentEncoding) }
        return text
    }
}
