/// Every cap and deadline of the HTTP layer, each with a default that suits a small server.
public struct HTTPLimits: Sendable, Equatable {
    /// Longest request line in bytes, without its CRLF; longer is 414.
    public var requestLineBytes = 8 * 1024
    /// Longest single field line in bytes, without its CRLF; longer is 431.
    public var fieldLineBytes = 8 * 1024
    /// All field lines of a head, or of a trailer, together; more is 431.
    public var fieldBytes = 32 * 1024
    /// Number of field lines of a head, or of a trailer; more is 431.
    public var fieldCount = 100
    /// Longest chunk-size line with its extensions, in bytes; longer is 400.
    public var chunkLineBytes = 256
    /// Number of chunks in one body; more is 413.
    public var chunkCount = 65_536
    /// The part of an unwanted body that is read and dropped to keep the connection; with more to come it closes.
    public var drainBytes = 64 * 1024

    /// From accept to the end of the TLS handshake; then the connection closes.
    public var tlsHandshakeTimeout: Duration = .seconds(10)
    /// From the first byte of a request (for the first one: from accept or the handshake) to the end of its head; then 408.
    public var headTimeout: Duration = .seconds(10)
    /// Without any byte between two requests; then the connection closes.
    public var idleTimeout: Duration = .seconds(60)
    /// The same once the server is stopping.
    public var drainIdleTimeout: Duration = .milliseconds(250)
    /// What a body may take on top of `bodyBytesPerSecond`; then 408.
    public var bodyGrace: Duration = .seconds(10)
    /// The slowest upload that is waited for.
    public var bodyBytesPerSecond = 4 * 1024
    /// Without the peer taking a byte of the response; then the connection closes.
    public var writeStallTimeout: Duration = .seconds(30)
    /// How long, and how many bytes, are read on after an early answer so that the client reads it and not a reset.
    public var lingerTimeout: Duration = .seconds(2)
    public var lingerBytes = 16 * 1024 * 1024
    /// A peer that has ended its sending side cannot be told from one that has gone. It is given this long to get its
    /// answer; after that its request counts as cancelled. A reset counts at once.
    public var halfCloseGrace: Duration = .seconds(1)

    /// From a request's first byte to its answer's last: a body that is not whole by then is 408, work that is not done
    /// is cancelled and 503, an answer that is not read is cut.
    public var requestTimeout: Duration = .seconds(300)

    /// Open connections; more are answered 503 and closed.
    public var connections = 1024
    /// The same by one address.
    public var connectionsByPeer = 512
    /// Bytes of request bodies in hand, whole or arriving; more are 503. One request alone may exceed it.
    public var inFlightBytes = 1 << 29

    /// Responses that stay open (`ResponseStream`); more are 503.
    public var streams = 256
    /// What such a response holds for a client that does not read; one that falls behind further is cut off.
    public var streamBufferBytes = 256 * 1024

    public init() {}
}
