/// Whose work it is: owners who wait at the same time take turns, so that much work of one keeps no other waiting.
public struct WorkOwner: Hashable, Sendable {
    private let identity: Int

    /// Equal identities are one owner.
    public init(_ identity: some Hashable) { self.identity = identity.hashValue }

    private init(identity: Int) { self.identity = identity }

    /// Nobody in particular.
    public static let anyone = WorkOwner(identity: 0)
}
