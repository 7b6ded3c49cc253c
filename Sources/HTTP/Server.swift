import Dispatch
import Sockets
import Synchronization

/// An HTTP server: one event-loop thread for all connections, and a fixed pool of threads for the handlers.
public final class Server: Sendable {
    private struct Control {
        var listener: Listener?
        var started = false
        var stopping = false
    }

    private let configuration: ServerConfiguration
    private let router: Router
    private let control = Mutex(Control())
    private let mailbox: Mailbox
    /// Signalled when every connection is closed, or when the drain's time is up.
    private let finished = DispatchSemaphore(value: 0)
    private let drained = Atomic<Bool>(false)

    public init(router: Router, configuration: ServerConfiguration = ServerConfiguration()) throws(SocketError) {
        self.router = router
        self.configuration = configuration
        mailbox = Mailbox(waker: try Waker())
    }

    /// Binds, starts the threads, and returns the port.
    public func start() throws(SocketError) -> UInt16 {
        ProcessSignals.ignoreBrokenPipes()
        let listener = try Listener(
            host: configuration.host, port: configuration.port, backlog: configuration.backlog)
        let port = listener.address.port
        let pool = HandlerPool(threads: configuration.handlerThreads, capacity: configuration.handlerQueue)
        try pool.start()
        control.withLock { control in
            control.started = true
            control.listener = listener
        }
        do throws(SocketError) {
            try SystemThread.start(name: "event-loop") { [self] in run(pool) }
        } catch {
            pool.stop()
            throw error
        }
        return port
    }

    /// Stops accepting, lets the requests in hand finish, closes the idle connections, and returns.
    ///
    /// - Parameter drain: how long to wait; then the connections that are left are cut and their requests cancelled.
    /// - Returns: whether everything finished in time. Further calls return at once.
    @discardableResult
    public func stop(drain: Duration = .seconds(10)) -> Bool {
        let proceed = control.withLock { control in
            defer { control.stopping = true }
            return control.started && !control.stopping
        }
        guard proceed else { return drained.load(ordering: .acquiring) }
        mailbox.post(.drain(until: MonotonicInstant.now.advanced(by: drain)))
        finished.wait()
        return drained.load(ordering: .acquiring)
    }

    private func run(_ pool: HandlerPool) {
        defer { pool.stop() }
        do throws(SocketError) {
            guard let listener = control.withLock({ $0.listener.take() }) else { return }
            let loop = try ServerLoop(
                listener: listener, router: router, configuration: configuration, pool: pool, mailbox: mailbox)
            let complete = try loop.run { [self] in finished.signal() }
            drained.store(complete, ordering: .releasing)
        } catch {
            configuration.onNotice?(.loopFailed(error.description))
        }
        finished.signal()
    }
}

/// What other threads tell the event loop.
final class Mailbox: Sendable {
    enum Message: Sendable {
        case completed(Completion)
        case drain(until: MonotonicInstant)
    }

    let waker: Waker
    private let messages = Mutex<[Message]>([])

    init(waker: Waker) {
        self.waker = waker
    }

    /// Only the first message since the last look needs to wake the loop.
    func post(_ message: Message) {
        let isFirst = messages.withLock { messages in
            messages.append(message)
            return messages.count == 1
        }
        if isFirst { waker.wake() }
    }

    func takeAll() -> [Message] {
        messages.withLock { messages in
            let taken = messages
            messages.removeAll()
            return taken
        }
    }
}

/// How a handler thread gave back a connection's right to write.
struct Completion: Sendable {
    enum Outcome: Sendable {
        case sent
        case blocked(PendingOutput)
        case broken
        /// The client had gone before the handler began.
        case dropped
    }

    let registration: EventLoop.Registration
    let outcome: Outcome
}
