import Foundation

/// An event of a stream, as a client gets it.
struct StreamedEvent: Equatable {
    var id: Int?
    var name = "message"
    var data = Data()
}

/// Reads a `text/event-stream` (WHATWG HTML §9.2) as its bytes come, cut anywhere.
struct EventParser {
    /// A longer line is cut: the daemon's are at most a child's line long.
    private static let limit = 1 << 20

    private var line: [UInt8] = []
    private var event = StreamedEvent()
    private var hasData = false
    private var follows = false

    /// The events that these bytes complete.
    mutating func take(_ bytes: some Sequence<UInt8>) -> [StreamedEvent] {
        var events: [StreamedEvent] = []
        for byte in bytes {
            // CR LF, CR and LF end a line alike.
            if byte == 0x0A, follows {
                follows = false
                continue
            }
            follows = byte == 0x0D
            if byte == 0x0A || byte == 0x0D {
                if let event = finishLine() { events.append(event) }
            } else if line.count < Self.limit {
                line.append(byte)
            }
        }
        return events
    }

    private mutating func finishLine() -> StreamedEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else {
            defer { (event, hasData) = (StreamedEvent(), false) }
            return hasData ? event : nil
        }
        let end = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[end...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: line[..<end], as: UTF8.self) {
        case "id": event.id = Int(String(decoding: value, as: UTF8.self))
        case "event": event.name = String(decoding: value, as: UTF8.self)
        case "data":
            if hasData { event.data.append(0x0A) }
            event.data.append(contentsOf: value)
            hasData = true
        default: break
        }
        return nil
    }
}
