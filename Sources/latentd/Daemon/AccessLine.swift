import Foundation
import HTTP

/// Writes entries as lines of JSON.
struct AccessLine {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ record: AccessRecord, at time: String) {
        let (seconds, attoseconds) = record.duration.components
        raw("{\"time\":\"\(time)\",\"request_id\":")
        string(record.requestID)
        raw(",\"peer\":")
        string(record.peer)
        raw(",\"method\":")
        string(record.method)
        raw(",\"route\":")
        if let route = record.route { string(route) } else { raw("null") }
        raw(",\"path\":")
        string(String(record.path))
        raw(",\"status\":\(record.status),\"request_bytes\":\(record.requestBytes),\"bytes\":\(record.bodyBytes)")
        raw(",\"duration_us\":\(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)}\n")
    }

    mutating func append(dropped count: Int) { raw("{\"dropped\":\(count)}\n") }

    private mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func string(_ text: String) {
        bytes.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: bytes += [0x5C, byte]
            case 0..<0x20, 0x7F:
                raw("\\u00")
                raw(byte < 16 ? "0\(String(byte, radix: 16))" : String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }
}

/// Times as `2026-11-22T23:00:00.123Z`, the seconds formatted once each.
struct LogClock {
    private var second = Int.min
    private var text = ""

    mutating func text(_ time: timespec) -> String {
        if time.tv_sec != second {
            second = time.tv_sec
            var parts = tm()
            var seconds = time.tv_sec
            gmtime_r(&seconds, &parts)
            var buffer = [CChar](repeating: 0, count: 32)
            let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S", &parts)
            text = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        let thousandths = String(time.tv_nsec / 1_000_000)
        return "\(text).\(String(repeating: "0", count: max(0, 3 - thousandths.count)))\(thousandths)Z"
    }
}
