/// Who may call a route. This layer only carries it to the gate, which knows what the scopes are.
public enum Access: Sendable, Equatable {
    /// Anyone.
    case open
    /// Those who have one of these scopes; with none of them, nobody.
    case scopes([String])
}

/// What a gate judges: a request whose head is there and whose body has not been read.
public struct GateRequest: Sendable {
    public let head: RequestHead
    /// The route that would answer; nil for everything else, from 404 to `OPTIONS *`.
    public let route: Route?
    public let requestID: String
    /// The client's address without its port.
    public let peer: String

    /// A request made by hand, for tests of gates.
    public init(head: RequestHead, route: Route?, requestID: String = "test", peer: String = "127.0.0.1") {
        self.head = head
        self.route = route
        self.requestID = requestID
        self.peer = peer
    }
}

/// Lets a request through (nil) or answers it. Every request whose head could be read passes it, once, before anything
/// is done for it; it runs on the event loop and must not block.
public typealias Gate = @Sendable (GateRequest) -> Response?
