import Autoencoders

/// Seeds for requests that name none, and the streams of those that do.
enum Seeds {
    /// 53 bits, so that a client in JavaScript can send it back.
    static func fresh() -> UInt64 { UInt64.random(in: 0..<1 << 53) }

    static func posteriorStream(_ row: Int) -> UInt64 { RandomPurpose.posterior.stream(row) }
}
