import Synchronization

/// What a server is doing now, readable from any thread.
public final class ServerStatistics: Sendable {
    let openConnections = Atomic<Int>(0)
    let acceptedConnections = Atomic<Int>(0)
    let refusedConnections = Atomic<Int>(0)
    let handledNow = Atomic<Int>(0)
    let waitingNow = Atomic<Int>(0)
    let overloads = Atomic<Int>(0)
    let openStreams = Atomic<Int>(0)
    let refusedStreams = Atomic<Int>(0)
    private let endedStreams = Mutex<[ResponseStream.Ending: Int]>([:])

    public init() {}

    /// Connections that are open.
    public var connections: Int { openConnections.load(ordering: .relaxed) }
    /// Connections accepted since the start, the refused ones left out.
    public var accepted: Int { acceptedConnections.load(ordering: .relaxed) }
    /// Connections that were turned away because there were too many.
    public var turnedAway: Int { refusedConnections.load(ordering: .relaxed) }
    /// Requests that are with handlers or wait for one.
    public var inFlight: Int { handledNow.load(ordering: .relaxed) }
    /// Requests that wait for a thread.
    public var waiting: Int { waitingNow.load(ordering: .relaxed) }
    /// Requests answered 503 because too many were waiting.
    public var overloaded: Int { overloads.load(ordering: .relaxed) }
    /// Responses that stay open and are.
    public var streams: Int { openStreams.load(ordering: .relaxed) }
    /// Requests answered 503 because too many streams were open.
    public var streamsTurnedAway: Int { refusedStreams.load(ordering: .relaxed) }
    /// Streams that have ended, by how.
    public var streamEndings: [ResponseStream.Ending: Int] { endedStreams.withLock { $0 } }

    func count(_ ending: ResponseStream.Ending) {
        endedStreams.withLock { $0[ending, default: 0] += 1 }
    }
}
