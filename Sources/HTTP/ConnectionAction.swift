/// What the owner of a connection has to do next.
public enum ConnectionAction: Sendable, Equatable {
    /// Read, and come back with `received`, `peerFinished` or `broken`; if nothing is there, when something is.
    case read
    /// Find the route; come back with `admit` or `refuse`.
    case route(RequestHead)
    /// Queue `100 Continue` for sending.
    case sendContinue
    /// The request is whole (or refused, then the body is empty): have it answered; come back with `responseReady`.
    case handle(RequestHead, body: [UInt8])
    /// Answer with this fault; come back with `responseReady`.
    case answerFault(HTTPFault)
    /// Nothing, until the handler is done.
    case awaitResponse
    /// Write on; come back with `wrote` and, when all is out, `responseFinished`.
    case write
    /// Write what the stream has; come back with `wrote`, `streamIsIdle` or `streamIsBlocked`, and at its end with
    /// `responseFinished`.
    case stream
    /// The stream has been silent for long: queue its heartbeat.
    case sendHeartbeat
    /// Have the stream end after what it has, for this reason.
    case endStream(ResponseStream.Ending)
    /// End the sending side and come back.
    case shutdownSending
    /// Remove and close.
    case close
}
