import Glibc
import HTTPTypes
import Sockets

/// How a server is set up.
public struct ServerConfiguration: Sendable {
    /// An IPv4 or IPv6 literal or `localhost`.
    public var host = "127.0.0.1"
    /// 0 lets the kernel choose; `Server.start` returns the choice.
    public var port: UInt16 = 0
    /// With it connections are TLS only; `Server.use` replaces it while the server runs.
    public var tls: TLSContext?
    public var limits = HTTPLimits()
    /// Threads that run handlers: as many requests are answered at a time.
    public var handlerThreads = 16
    /// Of these, those at work while no handler takes long: one a processor.
    public var usualHandlers = max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN)))
    /// Requests that wait together for one route are answered by one call, as many at most, where the route can.
    public var requestsTogether = 16
    /// A request that comes while no other is in hand is handled on the event loop's thread, one more than those above:
    /// that saves it the waking of a thread.
    public var handlesLoneRequestsOnLoop = true
    /// Requests that may wait for a thread; more are answered 503 with `Retry-After`, but for an eighth of clients that have
    /// none in hand. The same goes for `requestsByShare`.
    public var handlerQueue = 256
    /// Requests that may be in hand for the same (`Route.share`); more are 429.
    public var requestsByShare = 272
    /// Connections that the kernel keeps before they are accepted.
    public var backlog: Int32 = 1024
    /// Judges every request before its body is read; without one, all come in.
    public var gate: Gate?
    /// Kept up to date by the server.
    public var statistics = ServerStatistics()
    /// Called for every answer, on the thread that made it, and for a stream at its end, on the event loop's; must be quick
    /// and must not block.
    public var onAccess: (@Sendable (AccessRecord) -> Void)?
    /// Called, rarely, when something about the server itself is worth a log line.
    public var onNotice: (@Sendable (ServerNotice) -> Void)?

    public init() {}

    var requestsInHand: Int { handlerThreads + handlerQueue }
    /// With room for those that get in beyond the bound (`Admission`).
    var queueCapacity: Int { handlerQueue + requestsInHand / 8 }
}

/// One answered request, for the access log and the metrics.
public struct AccessRecord: Sendable {
    public let requestID: String
    public let peer: String
    /// The method and target as sent; `-` where the request could not be read.
    public let method: String
    public let target: String
    /// The pattern of the route that was asked for; nil where there is none.
    public let route: String?
    /// The same route's place in `Router.routes`.
    public let routeNumber: Int?
    public let status: Int
    /// Bytes of the request's body, as far as it was wanted.
    public let requestBytes: Int
    /// Bytes of the response's body; of a stream those that the kernel took, with the chunks' framing.
    public internal(set) var bodyBytes: Int
    /// From the end of the request's head to the response's handing to the kernel, of a stream to its end.
    public internal(set) var duration: Duration
    /// Whether the answer stayed open, so that its duration says nothing about the server.
    public let isStream: Bool

    public init(
        requestID: String, peer: String, method: String, target: String, route: String?, routeNumber: Int?, status: Int,
        requestBytes: Int, bodyBytes: Int, duration: Duration, isStream: Bool = false
    ) {
        self.requestID = requestID
        self.peer = peer
        self.method = method
        self.target = target
        self.route = route
        self.routeNumber = routeNumber
        self.status = status
        self.requestBytes = requestBytes
        self.bodyBytes = bodyBytes
        self.duration = duration
        self.isStream = isStream
    }

    /// The target without its query.
    public var path: Substring { target.prefix { $0 != "?" } }
}

/// What a server tells about itself.
public enum ServerNotice: Sendable, Equatable, CustomStringConvertible {
    /// Out of descriptors or memory: no connection is accepted for a while. Told once per episode.
    case acceptPaused(code: Int32)
    case acceptResumed
    /// The event loop cannot go on.
    case loopFailed(String)

    public var description: String {
        switch self {
        case .acceptPaused(let code): "Accepting connections is paused: out of descriptors or memory (errno \(code))."
        case .acceptResumed: "Accepting connections again."
        case .loopFailed(let reason): "The event loop failed: \(reason)"
        }
    }
}
