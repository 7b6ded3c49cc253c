import Sockets

/// Until when a connection is waited for, whatever it is about.
extension ConnectionState {
    /// When `deadlinePassed` is to be called; nil for never.
    public var deadline: MonotonicInstant? {
        switch (phaseDeadline, requestDeadline) {
        case (let phase?, let request?): min(phase, request)
        case (let phase, let request): phase ?? request
        }
    }

    private var requestDeadline: MonotonicInstant? {
        switch phase {
        case .body, .handling, .responding:
            expired || cancelled ? nil : requestStart?.advanced(by: limits.requestTimeout)
        default: nil
        }
    }

    private var phaseDeadline: MonotonicInstant? {
        switch phase {
        case .head where isDraining && !parser.isInsideRequest:
            return phaseStart.advanced(by: limits.drainIdleTimeout)
        case .head:
            let timeout = headHasBegun || isFirstRequest ? limits.headTimeout : limits.idleTimeout
            return phaseStart.advanced(by: timeout)
        case .dropping where isDraining:
            return phaseStart.advanced(by: limits.drainIdleTimeout)
        case .body, .dropping:
            let rate = max(1, limits.bodyBytesPerSecond)
            let earned = Duration.milliseconds(parser.bodyBytesReceived / rate * 1000)
            return phaseStart.advanced(by: limits.bodyGrace).advanced(by: earned)
        case .handling:
            return cancelled ? nil : peerFinishedAt?.advanced(by: limits.halfCloseGrace)
        case .responding: return phaseStart.advanced(by: limits.writeStallTimeout)
        case .streaming: return streamDeadline
        case .lingering:
            // While draining it is for those who have not read that they were told; they are quick or gone.
            let isShort = isDraining && !unreadInput
            return phaseStart.advanced(by: isShort ? limits.drainIdleTimeout : limits.lingerTimeout)
        case .routing, .closingInOrder, .closed: return nil
        }
    }

    /// `deadline` has come.
    public mutating func deadlinePassed(at now: MonotonicInstant) {
        guard let deadline, deadline <= now else { return }
        switch phase {
        case .head where parser.isInsideRequest, .body: fail(.timedOut)
        // What it sends at this moment must not reset what it has not read yet.
        case .dropping: phase = .closingInOrder
        case .head where isDraining: phase = .closingInOrder
        case .handling where requestDeadline.map { $0 <= now } == true: expired = true
        case .handling: cancelled = true
        case .streaming: streamDeadlinePassed(at: now)
        default: phase = .closed
        }
    }
}
