import Synchronization

/// What is in hand, and whether there is room for more.
///
/// It looks at a request before its body is read, and counts it when its work begins: who sends a body slowly holds no
/// place, only the bytes that are here. Everything is given back by `Permit`, which cannot forget it.
///
/// A client that holds no place yet gets in up to an eighth beyond a bound, so that who takes every place that becomes
/// free does not shut out the others.
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
        var shares: Tally<String> = [:]
        var clients: Tally<String> = [:]
        /// Of those that compete for something.
        var keys: Tally<TurnKey> = [:]
    }

    private let limits: Limits
    private let state = Mutex(Gauges())

    init(limits: Limits) {
        self.limits = limits
    }

    var gauges: Gauges { state.withLock { $0 } }

    /// Why a request that declares this much should not be read; nil if there is room now.
    func refusal(declaredBytes: Int, key: TurnKey) -> Refusal? {
        state.withLock { state in
            if declaredBytes > 0, state.bytes > 0, declaredBytes > limits.bytes - state.bytes { return .bytes }
            return refusal(key, state)
        }
    }

    private func refusal(_ key: TurnKey, _ state: Gauges) -> Refusal? {
        func isOver(_ taken: Int, _ bound: Int, held: Int) -> Bool { taken >= bound + (held == 0 ? bound / 8 : 0) }
        if isOver(state.requests, limits.requests, held: state.clients[key.client]) { return .requests }
        guard let share = key.share else { return nil }
        return isOver(state.shares[share], limits.requestsByShare, held: state.keys[key]) ? .share : nil
    }

    fileprivate func take(_ key: TurnKey) -> Refusal? {
        state.withLock { state in
            if let refusal = refusal(key, state) { return refusal }
            state.requests += 1
            state.clients.add(key.client)
            if let share = key.share {
                state.shares.add(share)
                state.keys.add(key)
            }
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

    fileprivate func give(back key: TurnKey) {
        state.withLock { state in
            state.requests -= 1
            state.clients.remove(key.client)
            guard let share = key.share else { return }
            state.shares.remove(share)
            state.keys.remove(key)
        }
    }
}

/// How many there are of what; what there is none of takes no room.
struct Tally<Key: Hashable & Sendable>: Equatable, Sendable, ExpressibleByDictionaryLiteral {
    private(set) var counts: [Key: Int]

    init(dictionaryLiteral elements: (Key, Int)...) { counts = Dictionary(elements) { $1 } }

    subscript(key: Key) -> Int { counts[key] ?? 0 }

    mutating func add(_ key: Key) { counts[key, default: 0] += 1 }

    mutating func remove(_ key: Key) {
        guard let count = counts[key] else { return }
        counts[key] = count > 1 ? count - 1 : nil
    }
}

/// What one request holds of an `Admission`, from its head to its answer; given back when this goes away.
final class Permit {
    private let admission: Admission
    let key: TurnKey
    private var bytes = 0
    private var hasPlace = false

    init(_ admission: Admission, _ key: TurnKey) {
        (self.admission, self.key) = (admission, key)
    }

    deinit {
        _ = admission.change(bytes: bytes, to: 0)
        if hasPlace { admission.give(back: key) }
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
        let refusal = admission.take(key)
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
