/// A connection's way to its peer: a descriptor, bare or with TLS over it. Whoever owns both keeps them open meanwhile.
public struct Transport: Sendable {
    private let descriptor: Int32
    private let session: TLSSession?

    public init(descriptor: Int32, session: TLSSession? = nil) {
        self.descriptor = descriptor
        self.session = session
    }

    /// Reads what is there, without blocking.
    public func receive(into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        session?.receive(into: buffer) ?? OwnedDescriptor.receive(from: descriptor, into: buffer)
    }

    /// Whether a read has more to tell, though one that was short has emptied the socket.
    public var holdsMore: Bool { session?.holdsMore ?? false }

    /// Sends two pieces, or only part of them; after `wouldBlock`, the next call has to begin with the same bytes.
    public func send(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> TransferResult {
        session?.send(first, second) ?? OwnedDescriptor.send(to: descriptor, first, second)
    }

    /// Ends the sending side: the peer reads the end of the stream, and may go on sending.
    public func shutdownSending() {
        session?.finishSending()
        OwnedDescriptor.shutdownSending(descriptor)
    }

    /// To be called before the descriptor is closed: tells a TLS peer that this is the end, and takes from the socket what
    /// would make the close a reset.
    public func finish(discardingInto buffer: UnsafeMutableRawBufferPointer) {
        guard let session else { return }
        session.finishSending()
        _ = OwnedDescriptor.receive(from: descriptor, into: buffer)
    }
}
