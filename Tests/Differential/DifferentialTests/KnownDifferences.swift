/// Something that we accept and SwiftNIO refuses or takes for something else.
///
/// It excuses a difference only by a proof: with its cause taken out of the bytes, line by line, we read the same requests as
/// before, and SwiftNIO agrees. So no excuse hides a second difference behind the first.
struct KnownDifference: Sendable {
    let name: String
    let section: String
    let reason: String
    /// The line at `index` without the cause: no line where it goes as a whole, nil where the cause is not in it.
    let remedy: @Sendable (_ lines: [Line], _ index: Int) -> [Line]?

    static let all = [
        trailingSpace, tabsAround, equalLengths, extensions, trailers, closeWins, proxyConnection, upgrade,
    ]

    static let trailingSpace = KnownDifference(
        name: "white space after a value", section: "RFC 9112 §5.1",
        reason: "It is no part of the value. SwiftNIO leaves it there."
    ) { lines, index in
        let trimmed = lines[index].withoutTrailingSpace
        return lines[index].isField && trimmed != lines[index] ? [trimmed] : nil
    }

    static let tabsAround = KnownDifference(
        name: "tabs between options", section: "RFC 9110 §5.6.1, §5.6.3",
        reason: "White space around an element of a list is spaces and tabs. SwiftNIO knows spaces."
    ) { lines, index in
        guard lines[index].isField(["connection"]), lines[index].bytes.contains(0x09) else { return nil }
        return [Line(bytes: lines[index].bytes.map { $0 == 0x09 ? 0x20 : $0 })]
    }

    static let equalLengths = KnownDifference(
        name: "equal Content-Lengths", section: "RFC 9110 §8.6",
        reason: "Equal duplicates may be taken for one: no reader can frame them otherwise. SwiftNIO refuses them."
    ) { lines, index in
        guard lines[index].isField(["content-length"]) else { return nil }
        let before = lines[..<index].reversed().prefix { !$0.bytes.isEmpty }.filter { $0.isField(["content-length"]) }
        return !before.isEmpty && before.allSatisfy { $0.value == lines[index].value } ? [] : nil
    }

    static let extensions = KnownDifference(
        name: "a chunk extension", section: "RFC 9112 §7.1.1",
        reason:
            "An unknown one is ignored, here up to the line's end without a look at its grammar, as long as no control"
            + " byte is in it. SwiftNIO takes no white space between its parts, though the grammar has it."
    ) { lines, index in
        lines[index].chunkSize.flatMap { $0 == lines[index] ? nil : [$0] }
    }

    static let trailers = KnownDifference(
        name: "a framing field among the trailers", section: "RFC 9110 §6.5.1",
        reason: "A trailer changes nothing about framing or the connection. SwiftNIO obeys or refuses it."
    ) { lines, index in
        let names = ["content-length", "transfer-encoding", "connection", "proxy-connection"]
        let before = lines[..<index].reversed().drop { $0.isField }.first
        let isTrailer = before?.chunkSize?.bytes.allSatisfy { $0 == 0x30 } ?? false
        return isTrailer && lines[index].isField(names) ? [] : nil
    }

    static let closeWins = KnownDifference(
        name: "close and keep-alive on HTTP/1.0", section: "RFC 9112 §9.3",
        reason: "`close` is looked for first. SwiftNIO looks for `keep-alive` alone on 1.0."
    ) { lines, index in
        guard lines[index].isField(["connection"]) else { return nil }
        let options = lines[index].value.split(separator: 0x2C).map { lowercased($0.filter { $0 != 0x20 }) }
        guard options.contains(Array("keep-alive".utf8)) else { return nil }
        return [Line(bytes: Array("Connection: close".utf8))]
    }

    static let proxyConnection = KnownDifference(
        name: "Proxy-Connection", section: "RFC 9112 §C.2.2",
        reason: "It is no field of HTTP. SwiftNIO reads it as `Connection`."
    ) { lines, index in
        lines[index].isField(["proxy-connection"]) ? [] : nil
    }

    static let upgrade = KnownDifference(
        name: "Upgrade", section: "RFC 9110 §7.8",
        reason: "It may be ignored, and then HTTP/1.1 goes on. SwiftNIO stops and leaves the connection to an upgrader."
    ) { lines, index in
        lines[index].isField(["upgrade"]) ? [] : nil
    }
}
