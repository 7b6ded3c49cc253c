import Dispatch
import Testing

@testable import HTTP

/// Reads a stream as a client would, without a server: it takes what is there and waits for more.
final class StreamReader: Sendable {
    struct Event: Equatable {
        var id: Int?
        var name = ""
        var data = ""
    }

    let stream: ResponseStream
    private let news = DispatchSemaphore(value: 0)

    init(_ stream: ResponseStream) {
        self.stream = stream
        stream.attach { [news] in news.signal() }
    }

    /// Takes whole pieces until `condition` holds of all events so far, or until the end; then leaves.
    func read(until condition: ([Event]) -> Bool = { _ in false }) -> [Event] {
        var events: [Event] = []
        let deadline = DispatchTime.now() + 30
        while true {
            switch stream.next() {
            case .bytes(let bytes, let isLast):
                events += Self.parse(bytes)
                stream.wrote(left: 0)
                if isLast { stream.close(.ended) }
                if isLast || condition(events) { return events }
            case .overflow:
                Issue.record("the stream was cut")
                return events
            case .nothing:
                guard news.wait(timeout: deadline) == .success else {
                    Issue.record("waited in vain after \(events)")
                    return events
                }
            }
        }
    }

    func leave() { stream.close(.peerLeft) }

    /// Pieces are whole events, so each can be read alone.
    private static func parse(_ bytes: [UInt8]) -> [Event] {
        var events: [Event] = []
        var event = Event()
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
            switch parts.first {
            case nil:
                if !event.data.isEmpty { events.append(event) }
                event = Event()
            case "id": event.id = parts.count > 1 ? Int(parts[1]) : nil
            case "event": event.name = parts.count > 1 ? String(parts[1]) : ""
            case "data": event.data += parts.count > 1 ? String(parts[1]) : ""
            default: break
            }
        }
        return events
    }
}
