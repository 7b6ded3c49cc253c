import Sockets

/// When not to sleep: a client that asks again right after its answer would wait longer for this thread to wake than for
/// anything else. So where the last lone request came soon after the answer before it, the next is waited for awake.
struct Attention {
    private var lastAnswer: MonotonicInstant?
    private var clientIsQuick = false
    private var awakeUntil: MonotonicInstant?
    /// What counts as soon, the waking included; and for how long to stay awake.
    private static let soon = Duration.microseconds(200)
    private static let patience = Duration.microseconds(100)

    /// A request came while no other was in hand.
    mutating func came(at now: MonotonicInstant) {
        clientIsQuick = lastAnswer.map { $0.duration(to: now) < Self.soon } ?? false
        awakeUntil = nil
    }

    /// It has been answered.
    mutating func answered(at now: MonotonicInstant) {
        lastAnswer = now
        if clientIsQuick { awakeUntil = now.advanced(by: Self.patience) }
    }

    mutating func isAwake(at now: @autoclosure () -> MonotonicInstant) -> Bool {
        guard let awakeUntil else { return false }
        if now() < awakeUntil { return true }
        self.awakeUntil = nil
        return false
    }
}
