import Synchronization

/// What is in hand, and whether there is room for more.
///
/// It looks at a request before its body is read, and counts it when its work begins: who sends a body slowly holds no
/// place, only the bytes that are here. Everything is given back by `Permit`, which cannot forget it.
final class Admission: Sendable {
    struct Limits: Sendable {
        /// Requests with handlers or waiting for one.
        var requests = 272
        /// Of those, the ones for the same thing (`Route.share`).
        var requestsByShare = 272
        /// Bytes of bodies, whole or arriving. One request alone may exceed it: its route's cap bounds it.
        var bytes = 1 << 29
    }

    enum Refusal: Equatable, Sendable {
        case requests
        case share
        case bytes
    }

    struct Gauges: Equatable, Sendable {
        var requests = 0
        var bytes = 0
        var shares: [String: Int] = [:]
    }

    private let limits: Limits
    private let state = Mutex(Gauges())

    init(limits: Limits) {
        self.limits = limits
    }

    var gauges: Gauges { state.withLock { $0 } }

    /// Why a request that declares this much should not be read; nil if there is room now.
    func refusal(declaredBytes: Int, share: String?) -> Refusal? {
        state.withLock { state in
            if declaredBytes > 0, state.bytes > 0, declaredBytes > limits.bytes - state.bytes { return .bytes }
            return refusal(share, state)
        }
    }

    private func refusal(_ share: String?, _ state: Gauges) -> Refusal? {
        guard state.requests < limits.requests else { return .requests }
        guard let share, let taken = state.shares[share] else { return nil }
        return taken < limits.requestsByShare ? nil : .share
    }

    fileprivate func take(_ share: String?) -> Refusal? {
        state.withLock { state in
            if let refusal = refusal(share, state) { return refusal }
            state.requests += 1
            if let share { state.shares[share, default: 0] += 1 }
            return nil
        }
    }

    fileprivate func change(bytes old: Int, to new: Int) -> Bool {
        state.withLock { state in
            let others = state.bytes - old
            guard new <= old || others == 0 || new <= limits.bytes - others else { return false }
            state.bytes = others + new
            return true
        }
    }

    fileprivate func give(back share: String?) {
        state.withLock { state in
            state.requests -= 1
            guard let share, let taken = state.shares[share] else { return }
            state.shares[share] = taken > 1 ? taken - 1 : nil
        }
    }
}

/// What one request holds of an `Admission`, from its head to its answer; given back when this goes away.
final class Permit {
    private let admission: Admission
    let share: String?
    private var bytes = 0
    private var hasPlace = false

    init(_ admission: Admission, share: String?) {
        (self.admission, self.share) = (admission, share)
    }

    deinit {
        _ = admission.change(bytes: bytes, to: 0)
        if hasPlace { admission.give(back: share) }
    }

    /// Whether there is room for this many bytes in all; if not, what was held before is still held.
    func hold(bytes count: Int) -> Bool {
        guard count != bytes else { return true }
        guard admission.change(bytes: bytes, to: count) else { return false }
        bytes = count
        return true
    }

    /// Takes a place among the requests in hand, or says why there is none.
    func takePlace() -> Admission.Refusal? {
        guard !hasPlace else { return nil }
        let refusal = admission.take(share)
        hasPlace = refusal == nil
        return refusal
    }
}

extension Admission.Refusal {
    /// 429 where the one thing asked for is busy, 503 where the server is.
    func response(requestID: String) -> Response {
        switch self {
        case .requests:
            .error(
                status: .serviceUnavailable, code: "overloaded", message: "Too many requests are waiting.",
                requestID: requestID, retryAfter: 1)
        case .share:
            .error(
                status: .tooManyRequests, code: "too_many_requests",
                message: "Too many requests for this are waiting.", requestID: requestID, retryAfter: 1)
        case .bytes: .fault(.overloaded, requestID: requestID)
        }
    }
}
