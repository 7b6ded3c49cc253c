import Glibc
import HTTP
import Sockets

/// What libFuzzer calls with each input: a byte that chooses the caps, one that seeds the cuts, then what a client sent.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    guard input.count > 2 else { return 0 }
    let bytes = Array(input[2...])
    let limits = limits(tight: input[0] & 1 != 0)
    let bodyLimit = input[0] & 2 != 0 ? 8 : 4096
    let pieces = cut(bytes, seed: input[1])

    let whole = run([bytes], limits: limits, bodyLimit: bodyLimit, peerFinishes: input[0] & 4 != 0)
    let parts = run(pieces, limits: limits, bodyLimit: bodyLimit, peerFinishes: input[0] & 4 != 0)
    check(whole == parts, "the result depends on how the bytes are cut")
    return 0
}

/// A property that does not hold ends the process, which the fuzzer reports with the input.
func check(_ holds: Bool, _ property: StaticString) {
    if !holds { fatalError("\(property)") }
}

private func limits(tight: Bool) -> HTTPLimits {
    var limits = HTTPLimits()
    guard tight else { return limits }
    (limits.requestLineBytes, limits.fieldLineBytes, limits.fieldBytes) = (40, 30, 60)
    (limits.fieldCount, limits.chunkLineBytes, limits.chunkCount, limits.drainBytes) = (4, 8, 3, 8)
    return limits
}

/// Pieces of 1 to 16 bytes, or of one byte each.
private func cut(_ bytes: [UInt8], seed: UInt8) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var state = UInt32(seed)
    var rest = bytes[...]
    while !rest.isEmpty {
        state = state &* 1_664_525 &+ 1_013_904_223
        let length = seed == 0 ? 1 : Int(state >> 28) + 1
        pieces.append(Array(rest.prefix(length)))
        rest = rest.dropFirst(length)
    }
    return pieces
}
