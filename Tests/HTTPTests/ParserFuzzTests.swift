import HTTP
import Testing

/// SplitMix64: the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("Request parser under mutation")
struct ParserFuzzTests {
    private static let seeds: [[UInt8]] = [
        "GET /v1/models?x=1&y=%20 HTTP/1.1\r\nHost: a:80\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n",
        "POST /v1/models/m/decode HTTP/1.1\r\nHost: a\r\nContent-Length: 13\r\n\r\n{\"latents\":1}",
        "POST / HTTP/1.1\r\nHost: [::1]\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n",
        "OPTIONS * HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\n\r\nGET http://b/ HTTP/1.1\r\nHost: b\r\n\r\n",
    ].map { Array($0.utf8) }

    private static let spices: [[UInt8]] = [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", ";", ",", "chunked", "Content-Length: 5\r\n", "0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n", "ffffffffffffffff", "%", "%zz", "HTTP/1.1", "-1", "9223372036854775807",
    ].map { Array($0.utf8) }

    private func mutate(_ bytes: inout [UInt8], with random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            guard !bytes.isEmpty else { return }
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
            case 3: bytes.insert(contentsOf: Self.spices.randomElement(using: &random) ?? [], at: index)
            case 4: bytes.removeSubrange(index..<min(bytes.count, index + 9))
            default: bytes.append(contentsOf: bytes[index...])
            }
        }
    }

    @Test func `40,000 mutated requests never trap and do not depend on how they are cut`() {
        var random = SeededGenerator(state: 1)
        var counts = (requests: 0, faults: 0, incomplete: 0)
        for round in 0..<40_000 {
            var bytes = Self.seeds[round % Self.seeds.count]
            mutate(&bytes, with: &random)
            let whole = parse([bytes], bodyLimit: 4096)
            let cut = Int.random(in: 0...bytes.count, using: &random)
            let halves = parse([Array(bytes[..<cut]), Array(bytes[cut...])], bodyLimit: 4096)
            if whole != halves {
                Issue.record("round \(round), cut at \(cut): \(whole) but \(halves)")
                return
            }
            for case .request(let head, _) in whole {
                _ = try? head.target.pathSegments()
                _ = try? head.target.queryItems()
            }
            switch whole.last {
            case .request: counts.requests += 1
            case .fault: counts.faults += 1
            case .incomplete: counts.incomplete += 1
            case nil: break
            }
        }
        // All three ends are reached, else the mutations are too wild or too tame to say anything.
        #expect(counts.requests > 1000 && counts.faults > 1000 && counts.incomplete > 1000, "\(counts)")
    }
}
