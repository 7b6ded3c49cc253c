import HTTP
import NIOHTTP1

/// The same pieces, read twice.
struct Readings: Equatable {
    let ours: Reading<HTTPFault>
    let theirs: Reading<HTTPParserError>

    var outcome: Outcome { compare(ours, theirs) }

    init(_ pieces: [[UInt8]]) { (ours, theirs) = (readByOurs(pieces), readByNIO(pieces)) }

    fileprivate var fault: HTTPFault? {
        guard case .rejected(let fault) = ours.ending else { return nil }
        return fault
    }
}

/// What has an end of its last line.
func endingLine(_ bytes: [UInt8]) -> [UInt8] { bytes + (bytes.last == 0x0D ? [0x0A] : [0x0D, 0x0A]) }

/// The readings of what a beginning must come to, where we refuse a head and SwiftNIO waits but cannot accept it any more.
func theirLateRefusal(_ bytes: [UInt8], _ readings: Readings) -> Readings? {
    guard readings.fault != nil, readings.theirs.ending == .inside, readings.theirs.open == nil else { return nil }
    let head = Readings([endingLine(bytes) + Array("\r\n\r\n".utf8)])
    guard case .rejected = head.theirs.ending else { return nil }
    return head
}

/// The same where we wait: we judge a line when its end is there, and the framing with the whole head, while SwiftNIO
/// judges each byte.
func ourLateRefusal(_ bytes: [UInt8], _ readings: Readings) -> Readings? {
    guard readings.ours.ending == .inside else { return nil }
    let line = Readings([endingLine(bytes)])
    if let fault = line.fault {
        // In a chunk's data this end is only one byte too many, which says nothing of what came before.
        return fault == .malformed(.chunkEnd) ? nil : line
    }
    guard line.ours.open == nil else { return nil }
    // A head may still lack its Host, or have it.
    let heads = ["\r\n", "Host: a\r\n\r\n"].map { Readings([endingLine(bytes) + Array($0.utf8)]) }
    guard heads.allSatisfy({ $0.fault != nil }) else { return nil }
    return heads.first { $0.fault != .malformed(.host) }
}
