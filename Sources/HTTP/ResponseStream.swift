import Synchronization

/// The body of a response that stays open: a producer on any thread sends, the event loop writes.
///
/// The producer never blocks. What its client has not taken yet is held up to a cap; with `send`, a client that falls behind
/// further is cut off, with `offer` the producer is told to come back. In whatever way the stream ends, `onClose` is called
/// once, and from then on nothing is held any more.
public final class ResponseStream: Sendable {
    /// How a stream came to its end.
    public enum Ending: String, CaseIterable, Sendable {
        /// The producer ended it, and everything was handed to the kernel.
        case ended
        /// The client went away.
        case peerLeft = "peer_left"
        /// The client took nothing for `HTTPLimits.writeStallTimeout`.
        case stalled
        /// The client was further behind than `HTTPLimits.streamBufferBytes`.
        case overflow
        /// The server is stopping.
        case stopped
        /// The head was all that was sent, or an error in its place: to HEAD, or with too many streams open.
        case unused
    }

    /// What is sent on a stream that is silent, so that those in between do not take it for dead.
    public struct Heartbeat: Equatable, Sendable {
        public var bytes: [UInt8]
        public var interval: Duration

        public init(bytes: [UInt8], interval: Duration) {
            (self.bytes, self.interval) = (bytes, interval)
        }
    }

    /// What became of an offer.
    public enum Offer: Equatable, Sendable {
        case taken
        /// `onRoom` will be called when everything is out.
        case full
        case closed
    }

    /// What the loop finds when it looks.
    enum Next: Equatable {
        case nothing
        case bytes([UInt8], isLast: Bool)
        case overflow
    }

    private enum Stage {
        case open, ended, overflown, closed
    }

    private struct State {
        var stage = Stage.open
        /// Sent and not taken by the loop.
        var queue: [UInt8] = []
        /// Taken by the loop and not by the kernel.
        var inHand = 0
        var wantsRoom = false
        /// The loop has been told that there is something, and has not looked since.
        var isAnnounced = false
        var announce: (@Sendable () -> Void)?
        var onRoom: (@Sendable () -> Void)?
        var onClose: (@Sendable (Ending) -> Void)?
        var place: StreamPlaces.Place?

        /// Who is to be called, without the lock, because of something new.
        mutating func announcement() -> (@Sendable () -> Void)? {
            guard !isAnnounced, let announce else { return nil }
            isAnnounced = true
            return announce
        }
    }

    let heartbeat: Heartbeat?
    private let capacity: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - request: what the stream will answer; its server's cap is the stream's.
    ///   - onRoom: called after an offer that found no room, once all before it is out.
    ///   - onClose: called once, with how it ended.
    ///
    /// Both are called on a thread of the server, never from within a call to this, and must be quick.
    public init(
        for request: Request, heartbeat: Heartbeat? = nil, onRoom: @escaping @Sendable () -> Void = {},
        onClose: @escaping @Sendable (Ending) -> Void = { _ in }
    ) {
        self.heartbeat = heartbeat
        capacity = request.streamBufferBytes
        state = Mutex(State(onRoom: onRoom, onClose: onClose))
    }

    deinit {
        // Nobody has it any more, and it has answered nothing.
        close(.unused)
    }

    /// Whether anything more can be sent.
    public var isOpen: Bool { state.withLock { $0.stage == .open } }

    /// Bytes that the client has not taken yet.
    public var bufferedBytes: Int { state.withLock { $0.queue.count + $0.inHand } }

    /// Sends, or cuts the client off that is too far behind; false when the stream takes nothing any more. One piece alone
    /// may exceed the cap.
    @discardableResult
    public func send(_ bytes: some Collection<UInt8>) -> Bool {
        let (isTaken, announce) = state.withLock { state -> (Bool, (@Sendable () -> Void)?) in
            guard state.stage == .open else { return (false, nil) }
            guard hasRoom(for: bytes.count, state) else {
                (state.stage, state.queue) = (.overflown, [])
                return (false, state.announcement())
            }
            state.queue.append(contentsOf: bytes)
            return (true, bytes.isEmpty ? nil : state.announcement())
        }
        announce?()
        return isTaken
    }

    /// Sends if there is room. For producers that can come back: `onRoom` tells when.
    public func offer(_ bytes: some Collection<UInt8>) -> Offer {
        let (offer, announce) = state.withLock { state -> (Offer, (@Sendable () -> Void)?) in
            guard state.stage == .open else { return (.closed, nil) }
            guard hasRoom(for: bytes.count, state) else {
                state.wantsRoom = true
                return (.full, nil)
            }
            state.queue.append(contentsOf: bytes)
            return (.taken, bytes.isEmpty ? nil : state.announcement())
        }
        announce?()
        return offer
    }

    /// Ends the stream after what was sent.
    public func end() {
        let announce = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.stage == .open else { return nil }
            state.stage = .ended
            return state.announcement()
        }
        announce?()
    }

    private func hasRoom(for count: Int, _ state: borrowing State) -> Bool {
        let held = state.queue.count + state.inHand
        return held == 0 || count <= capacity - held
    }
}

/// What the server does with a stream.
extension ResponseStream {
    /// From now on the loop is told of what there is, and looks once without being told.
    func attach(_ announce: @escaping @Sendable () -> Void) {
        state.withLock { $0.announce = announce }
    }

    /// Keeps the place until the end.
    func hold(_ place: StreamPlaces.Place) {
        state.withLock { $0.place = place }
    }

    /// Takes what is to be written, which counts as held until `wrote` says otherwise.
    func next() -> Next {
        state.withLock { state in
            state.isAnnounced = false
            switch state.stage {
            case .overflown: return .overflow
            case .open where state.queue.isEmpty, .closed: return .nothing
            case .open, .ended:
                let bytes = state.queue
                state.queue = []
                state.inHand = bytes.count
                return .bytes(bytes, isLast: state.stage == .ended)
            }
        }
    }

    var hasOverflown: Bool { state.withLock { $0.stage == .overflown } }

    /// This much of what was taken is still to be written.
    func wrote(left: Int) {
        let onRoom = state.withLock { state -> (@Sendable () -> Void)? in
            state.inHand = min(state.inHand, left)
            guard state.wantsRoom, state.inHand == 0, state.queue.isEmpty else { return nil }
            state.wantsRoom = false
            return state.onRoom
        }
        onRoom?()
    }

    /// The end, the first time; later ones are nothing.
    func close(_ ending: Ending) {
        // What the callbacks hold goes without the lock.
        let last = state.withLock { state -> State in
            state.place = nil
            defer { state = State(stage: .closed) }
            return state
        }
        last.onClose?(ending)
    }
}

extension ResponseStream: Equatable {
    public static func == (one: ResponseStream, other: ResponseStream) -> Bool { one === other }
}
