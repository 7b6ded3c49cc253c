import Dispatch
import HTTP
import Synchronization

/// The producer's side of the streams that a test server opens at `/stream`, and at `/stream/inline` on the loop itself.
final class StreamSource: Sendable {
    private struct State {
        var streams: [ResponseStream] = []
        var endings: [ResponseStream.Ending] = []
    }

    private let heartbeat: ResponseStream.Heartbeat?
    private let state = Mutex(State())
    private let opened = DispatchSemaphore(value: 0)
    private let closed = DispatchSemaphore(value: 0)
    private let room = DispatchSemaphore(value: 0)

    init(heartbeat: ResponseStream.Heartbeat? = nil) { self.heartbeat = heartbeat }

    func add(to router: inout Router) {
        for (path, execution) in [("/stream", Route.Execution.pool), ("/stream/inline", .inline)] {
            router.add(.get, path, execution: execution) { [self] request in
                let stream = ResponseStream(for: request, heartbeat: heartbeat) { [self] in
                    room.signal()
                } onClose: { [self] ending in
                    state.withLock { $0.endings.append(ending) }
                    closed.signal()
                }
                state.withLock { $0.streams.append(stream) }
                opened.signal()
                return .events(stream)
            }
        }
    }

    /// The next stream that is opened, in their order; nil after 20 seconds.
    func next() -> ResponseStream? {
        guard opened.wait(timeout: .now() + 20) == .success else { return nil }
        return state.withLock { $0.streams.isEmpty ? nil : $0.streams.removeFirst() }
    }

    /// How the next one ended; nil after 20 seconds.
    func nextEnding() -> ResponseStream.Ending? {
        guard closed.wait(timeout: .now() + 20) == .success else { return nil }
        return state.withLock { $0.endings.isEmpty ? nil : $0.endings.removeFirst() }
    }

    /// Whether a stream has room again within 20 seconds.
    func waitForRoom() -> Bool { room.wait(timeout: .now() + 20) == .success }
}

extension ResponseStream {
    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }
}
