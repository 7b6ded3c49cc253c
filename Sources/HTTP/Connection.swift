import Sockets

/// One accepted connection, known only to the event loop's thread.
///
/// The descriptor has one owner, this. While a handler thread has a request in hand (`inFlight`) the right to write is
/// lent to it: the loop then neither writes nor closes.
final class Connection {
    struct InFlight {
        let cancellation: Cancellation
    }

    let descriptor: OwnedDescriptor
    /// With TLS; a handler's thread uses it while it has the right to write, and this thread does not.
    let session: TLSSession?
    /// Until when a handshake has to be over; nil once it is, and without TLS.
    var handshakeDeadline: MonotonicInstant?
    let peer: String
    var registration: EventLoop.Registration
    var state: ConnectionState
    /// Bytes may be waiting: set by the loop's event, cleared by a read that found the end of them.
    var mayRead = true
    /// The event said so, so that a short read does not mean that nothing more comes.
    var peerMayHaveFinished = false
    var output: PendingOutput?
    var inFlight: InFlight?
    /// The answer that stays open, from its head on.
    var stream: OpenStream?
    /// The admitted request between its head and its end.
    var admitted: AdmittedRequest?
    /// Where the head that is remembered leads to.
    var routed: (head: RequestHead, decision: AdmittedRequest.Decision)?
    var isQueued = false
    /// Over a cap: it counts as none of the connections.
    var isTurnedAway = false

    init(
        descriptor: consuming OwnedDescriptor, session: TLSSession? = nil, peer: String,
        registration: EventLoop.Registration, state: ConnectionState
    ) {
        self.descriptor = descriptor
        self.session = session
        self.peer = peer
        self.registration = registration
        self.state = state
    }

    /// How bytes go in and out; to be used by one thread at a time.
    var transport: Transport { Transport(descriptor: descriptor.rawValue, session: session) }
}

/// What is known of a request once its head has been routed.
final class AdmittedRequest {
    let id: String
    let began: MonotonicInstant
    let head: RequestHead
    let decision: Decision
    /// What it holds until it is answered.
    let permit: Permit

    init(id: String, began: MonotonicInstant, head: RequestHead, decision: Decision, permit: Permit) {
        self.id = id
        self.began = began
        self.head = head
        self.decision = decision
        self.permit = permit
    }

    enum Decision {
        case route(Route, path: [String], query: Query, PathParameters)
        /// Answered by the layer itself, or by the gate in place of a route, whatever the body is.
        case answer(Response, of: Route? = nil)

        var route: Route? {
            switch self {
            case .route(let route, _, _, _): route
            case .answer(_, let route): route
            }
        }
    }
}
