import CLinux

/// What a descriptor is ready for.
public struct Readiness: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// A read will not block.
    public static let reading = Readiness(rawValue: linux_ready_in)
    /// A write will not block.
    public static let writing = Readiness(rawValue: linux_ready_out)
    /// The peer has ended its sending side.
    public static let peerFinished = Readiness(rawValue: linux_ready_read_hangup)
    /// The connection is reset or over in both directions.
    public static let broken = Readiness(rawValue: linux_ready_error | linux_ready_hangup)
}
