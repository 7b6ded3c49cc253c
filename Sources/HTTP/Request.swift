import HTTPTypes
import Sockets
import Synchronization

/// A whole request, as a handler gets it.
public struct Request: Sendable {
    /// As sent; a HEAD request that a GET route answers keeps HEAD here.
    public var method: HTTPRequest.Method
    /// The target as it was sent.
    public var rawTarget: String
    /// The decoded path segments: `/v1/models` is `["v1", "models"]`.
    public var path: [String]
    /// The decoded query, in the order sent.
    public var query: Query
    /// What the route's `{name}` placeholders matched, decoded.
    public var pathParameters: PathParameters
    public var fields: HTTPFields
    /// The host that the client addressed, with its port if it sent one.
    public var authority: String
    public var body: [UInt8]
    /// Short, unique within the server's life; it is in every error body and in the access log.
    public var id: String
    /// The client's address without its port.
    public var peer: String
    /// With whom it takes turns, for those who have a queue of their own.
    public internal(set) var turn = TurnKey()
    let cancellation: Cancellation
    private let received = MonotonicInstant.now
    /// The cap of a stream that answers it.
    var streamBufferBytes = HTTPLimits().streamBufferBytes

    /// Whether the client has gone, so that the work is for nobody. Long work asks now and then.
    public var isCancelled: Bool { cancellation.isCancelled }

    /// How long the whole request has been here, in nanoseconds.
    public var age: Int { Int(clamping: MonotonicInstant.now.nanoseconds &- received.nanoseconds) }

    /// A request made by hand, for tests of handlers.
    public init(
        method: HTTPRequest.Method = .get, rawTarget: String = "/", path: [String] = [], query: Query = Query(),
        pathParameters: PathParameters = PathParameters(), fields: HTTPFields = HTTPFields(), authority: String = "",
        body: [UInt8] = [], id: String = "test", peer: String = "127.0.0.1", cancellation: Cancellation = Cancellation()
    ) {
        self.method = method
        self.rawTarget = rawTarget
        self.path = path
        self.query = query
        self.pathParameters = pathParameters
        self.fields = fields
        self.authority = authority
        self.body = body
        self.id = id
        self.peer = peer
        self.cancellation = cancellation
    }
}

/// A flag that is raised once, when nobody waits for the answer any more, or when it took too long.
public final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)
    private let lateness = Atomic<Bool>(false)

    public init() {}

    public var isCancelled: Bool { flag.load(ordering: .acquiring) }

    /// Whether the client still waits, for the answer that it took too long.
    var hasExpired: Bool { lateness.load(ordering: .acquiring) }

    func expire() {
        lateness.store(true, ordering: .releasing)
        cancel()
    }

    public func cancel() { flag.store(true, ordering: .releasing) }
}

/// A decoded query: ordered pairs, names may repeat.
public struct Query: Sendable {
    public let items: [(name: String, value: String)]

    public init(_ items: [(name: String, value: String)] = []) {
        self.items = items
    }

    /// The first value of a name.
    public subscript(name: String) -> String? {
        items.first { $0.name == name }?.value
    }

    /// All values of a name.
    public func values(of name: String) -> [String] {
        items.filter { $0.name == name }.map(\.value)
    }
}

/// What a route's placeholders matched.
public struct PathParameters: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    private var pairs: [String: String]

    public init(_ pairs: [String: String] = [:]) {
        self.pairs = pairs
    }

    public init(dictionaryLiteral elements: (String, String)...) {
        pairs = Dictionary(elements, uniquingKeysWith: { $1 })
    }

    public subscript(name: String) -> String? {
        get { pairs[name] }
        set { pairs[name] = newValue }
    }
}

/// Answers a request; runs on one of the server's handler threads and may block and compute there.
public typealias Handler = @Sendable (Request) -> Response

/// Answers several requests for the same thing, more than one at once where that takes less time. The first is the one whose
/// turn it is.
///
/// - Parameter answered: told of answers as they come, by the requests' places: they are sent then. Who is not told of is
///   answered by the route's handler.
public typealias GroupHandler =
    @Sendable (
        _ requests: [Request], _ answered: ([(place: Int, response: Response)]) -> Void
    ) -> Void
